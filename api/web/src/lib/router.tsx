import { useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from "react";

// The page's own addresses. Everything that a reader could want to send to a colleague (the open
// job, the filter, the order) is in the address, so a refresh or a link shows the same.

export type Route =
  | { name: "home" }
  | { name: "batch"; id: string }
  | { name: "job"; id: string }
  | { name: "launch" }
  | { name: "automation" }
  | { name: "failed" }
  | { name: "unknown" };

const id = "([0-9a-fA-F-]{36})";

export function matchRoute(path: string): Route {
  if (path === "/" || path === "/jobs" || path === "/batches") return { name: "home" };
  if (path === "/launch") return { name: "launch" };
  if (path === "/automation") return { name: "automation" };
  if (path === "/failed") return { name: "failed" };
  const batch = new RegExp(`^/batches/${id}/?$`).exec(path);
  if (batch?.[1]) return { name: "batch", id: batch[1] };
  const job = new RegExp(`^/jobs/${id}/?$`).exec(path);
  if (job?.[1]) return { name: "job", id: job[1] };
  return { name: "unknown" };
}

const listeners = new Set<() => void>();

function notify() {
  for (const listener of listeners) listener();
}

window.addEventListener("popstate", notify);

export function navigate(to: string, how: "push" | "replace" = "push") {
  if (how === "push") {
    window.history.pushState(null, "", to);
    window.scrollTo(0, 0);
  } else {
    window.history.replaceState(null, "", to);
  }
  notify();
}

function useAddress(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.location.pathname + window.location.search,
  );
}

export function useRoute(): Route {
  const address = useAddress();
  return useMemo(() => matchRoute(address.split("?")[0] ?? "/"), [address]);
}

// One parameter of the address. The default is left out of it.
export function useParam<T extends string>(
  name: string,
  fallback: T,
  known?: readonly T[],
): [T, (value: T) => void] {
  const address = useAddress();
  const value = new URLSearchParams(address.split("?")[1] ?? "").get(name) as T | null;
  const valid = value !== null && (known === undefined || known.includes(value));
  const set = (next: T) => {
    const params = new URLSearchParams(window.location.search);
    if (next === fallback) params.delete(name);
    else params.set(name, next);
    const query = params.toString();
    navigate(window.location.pathname + (query === "" ? "" : `?${query}`), "replace");
  };
  return [valid ? value : fallback, set];
}

export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || href === undefined) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
