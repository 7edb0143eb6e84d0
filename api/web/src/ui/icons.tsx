const paths = {
  warning:
    "M12 9v4m0 3.5v.01M12 4a2 2 0 0 0-1.7 1L3 17.2A2 2 0 0 0 4.7 20h14.6a2 2 0 0 0 1.7-2.8L13.7 5z",
  empty: "M4 7h16M4 12h10M4 17h6",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 6l-6 6 6 6",
  upload: "M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 19h14",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L20 20",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9Z",
  plus: "M12 5v14M5 12h14",
  star: "m12 4 2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9Z",
  file: "M7 3h7l4 4v14H7V3Zm7 0v4h4",
  open: "M14 5h5v5m0-5-8 8M19 14v5H5V5h5",
  check: "M5 12.5l4.5 4.5L19 7.5",
} as const;

export function Icon({ name, size = 16 }: { name: keyof typeof paths; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
