// Scales of the forecast chart. Pure.

export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale {
  const [d0, d1] = domain;
  const [r0, r1] = range;
  const span = d1 - d0;
  const scale = (value: number) =>
    span === 0 ? (r0 + r1) / 2 : r0 + ((value - d0) / span) * (r1 - r0);
  return Object.assign(scale, { domain });
}

// Round steps of 1, 2 or 5 times a power of ten that cover [low, high] with about `count` ticks.
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) / 2;
    return niceTicks(low - pad, high + pad, count);
  }
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const fraction = raw / power;
  const step = (fraction <= 1.5 ? 1 : fraction <= 3.5 ? 2 : fraction <= 7.5 ? 5 : 10) * power;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const ticks: number[] = [];
  for (let i = first; i <= last; ++i) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// Up to `count` evenly spaced positions of a list, the first one always among them.
export function pickEvenly(length: number, count: number): number[] {
  if (length === 0 || count <= 0) return [];
  const step = Math.max(1, Math.ceil(length / count));
  const picked: number[] = [];
  for (let i = 0; i < length; i += step) picked.push(i);
  return picked;
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });

export function formatTick(value: number): string {
  return Math.abs(value) >= 10_000 ? compact.format(value) : plain.format(value);
}

export interface PathPoint {
  x: number;
  y: number | null;
}

// An SVG path that breaks where a value is missing.
export function linePath(points: readonly PathPoint[]): string {
  let path = "";
  let pen = "M";
  for (const { x, y } of points) {
    if (y === null) {
      pen = "M";
      continue;
    }
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  }
  return path;
}

export function bandPath(points: readonly { x: number; low: number; high: number }[]): string {
  if (points.length === 0) return "";
  const upper = points.map(({ x, high }) => `${x.toFixed(1)} ${high.toFixed(1)}`);
  const lower = points.map(({ x, low }) => `${x.toFixed(1)} ${low.toFixed(1)}`).reverse();
  return `M${upper.join("L")}L${lower.join("L")}Z`;
}
