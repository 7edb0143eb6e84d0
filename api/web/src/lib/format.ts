import type {
  BatchStatus,
  Job,
  JobStatus,
  MetricName,
  ModelMetrics,
  PipelineStatus,
  StepStatus,
} from "../wire";

// How figures, times and names read on the page. Pure; `now` is always passed in.

const percentMetrics: ReadonlySet<MetricName> = new Set(["mape", "smape", "coverage"]);

export const metricWords: Record<MetricName, string> = {
  mape: "MAPE",
  smape: "sMAPE",
  mase: "MASE",
  rmse: "RMSE",
  mae: "MAE",
  coverage: "Coverage",
};

export function isPercent(metric: MetricName): boolean {
  return percentMetrics.has(metric);
}

// Figures of very different size share a column, so precision follows the size.
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 0.001)) return value.toExponential(2);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function formatMetric(metric: MetricName, value: number | null | undefined): string {
  const text = formatNumber(value);
  return isPercent(metric) && text !== "–" ? `${text} %` : text;
}

export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "";
  for (unit of units) {
    value /= 1000;
    if (value < 999.95) break;
  }
  return `${value.toFixed(1)} ${unit}`;
}

export function formatShare(fraction: number, bytes: number): string {
  return `${formatBytes(Math.round(fraction * bytes))} of ${formatBytes(bytes)}`;
}

export function formatDuration(seconds: number): string {
  if (seconds >= 0 && seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds >= 0 && seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function secondsBetween(from: string, to: string | number): number {
  const end = typeof to === "number" ? to : Date.parse(to);
  return (end - Date.parse(from)) / 1000;
}

export function formatAgo(at: string, now: number): string {
  const seconds = secondsBetween(at, now);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return new Date(at).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

export function formatTime(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    day: "2-digit",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

// "2026-01-01" and "2026-01-01T00:00:00Z" are the same day to a reader.
export function formatPeriod(ds: string): string {
  return ds.replace(/[T ]00:00:00(\.0+)?(Z|\+00:00)?$/, "");
}

export type AnyStatus = JobStatus | BatchStatus | PipelineStatus | StepStatus;

const statusWords: Record<AnyStatus, string> = {
  pending: "Pending",
  submitting: "Queued",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
  partial: "Partly failed",
  waiting: "Waiting",
  starting: "Starting",
  retrying: "Retrying",
  stopping: "Stopping",
  skipped: "Skipped",
};

export function statusWord(status: AnyStatus): string {
  return statusWords[status];
}

// JOB_RETRYING -> Retrying
export function eventWord(event: string): string {
  const word = event.replace(/^JOB_/, "").replaceAll("_", " ").toLowerCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

// The part of a UUIDv7 in which neighbours differ.
export function shortId(id: string): string {
  return id.slice(-8);
}

export function modelNames(job: Pick<Job, "model" | "config">): string {
  return job.model ?? job.config?.models?.join(", ") ?? "auto";
}

export function segmentName(segment: string | null): string {
  return segment === null || segment === "" ? "All data" : segment;
}

export function metricOf(
  metrics: Record<string, ModelMetrics> | null,
  model: string | null,
  metric: MetricName,
): number | null {
  if (metrics === null) return null;
  // A job of model `auto` reports the models it tried, and marks the one it took for the best;
  // until then its figure is the least of them.
  const chosen = Object.values(metrics).find((each) => each.is_best);
  const own = (model === null ? undefined : metrics[model]) ?? chosen;
  if (own !== undefined) return own[metric] ?? null;
  const figures = Object.values(metrics)
    .map((each) => each[metric])
    .filter((figure): figure is number => typeof figure === "number" && Number.isFinite(figure));
  if (figures.length === 0) return null;
  return figures.reduce((a, b) => (isBetter(metric, a, b) ? a : b));
}

// Lower is better for errors; coverage is best near its level, which the page does not rank by.
export function isBetter(metric: MetricName, a: number, b: number): boolean {
  return metric === "coverage" ? a > b : a < b;
}
