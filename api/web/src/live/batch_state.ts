import { isBetter, metricOf, segmentName } from "../lib/format";
import type { Batch, BatchCounts, BatchStatus, JobCell, JobEvent, MetricName } from "../wire";
import { applyEvent, isAtWork, isFinal, mergeRead, type Tracked } from "./jobs";

// A batch as the matrix shows it: what the server said, kept current by events. Pure; every change
// makes a new state and leaves untouched segments as the same objects, so rows can tell that
// nothing changed.

export type Cell = Tracked<JobCell>;

export interface SegmentRow {
  id: string | null;
  name: string;
  cells: Readonly<Record<string, Cell>>; // by model
}

export interface BatchState {
  batch: Omit<Batch, "segments">;
  models: readonly string[];
  rows: readonly SegmentRow[];
  index: ReadonlyMap<string, readonly [row: number, model: string]>; // by job id
}

const modelOf = (job: JobCell) => job.model ?? "auto";

export function batchFromRead(read: Batch, known?: BatchState): BatchState {
  const { segments, ...batch } = read;
  const models: string[] = [];
  const index = new Map<string, readonly [number, string]>();
  const rows = segments.map((segment, at): SegmentRow => {
    const cells: Record<string, Cell> = {};
    for (const job of segment.jobs) {
      const model = modelOf(job);
      if (!models.includes(model)) models.push(model);
      index.set(job.job_id, [at, model]);
      const place = known?.index.get(job.job_id);
      const before = place && known?.rows[place[0]]?.cells[place[1]];
      cells[model] = mergeRead(before, job);
    }
    return { id: segment.segment_id, name: segmentName(segment.segment_id), cells };
  });
  return { batch, models, rows, index };
}

export function applyEvents(state: BatchState, events: readonly JobEvent[]): BatchState {
  const changed = new Map<number, Record<string, Cell>>();
  for (const event of events) {
    const place = state.index.get(event.job_id);
    if (place === undefined) continue;
    const [at, model] = place;
    const cells = changed.get(at) ?? state.rows[at]?.cells;
    const before = cells?.[model];
    if (cells === undefined || before === undefined) continue;
    const after = applyEvent(before, event);
    if (after !== before) changed.set(at, { ...cells, [model]: after });
  }
  if (changed.size === 0) return state;
  const rows = state.rows.map((row, at) => {
    const cells = changed.get(at);
    return cells === undefined ? row : { ...row, cells };
  });
  return { ...state, rows };
}

export function* cellsOf(state: BatchState): Generator<Cell> {
  for (const row of state.rows) yield* Object.values(row.cells);
}

// The server counts the same way: a job that ended counts as 100 percent. Of a batch that has more
// segments than are here, what the server counted last.
export function countBatch(state: BatchState): BatchCounts & { exactProgress: number } {
  if (state.batch.has_more) {
    const { total, completed, failed, running, pending, cancelled, progress } = state.batch;
    return {
      total,
      completed,
      failed,
      running,
      pending,
      cancelled,
      progress,
      exactProgress: progress,
    };
  }
  const counts = { total: 0, completed: 0, failed: 0, running: 0, pending: 0, cancelled: 0 };
  let sum = 0;
  for (const cell of cellsOf(state)) {
    ++counts.total;
    if (isAtWork(cell.status)) ++counts.running;
    else if (cell.status === "completed") ++counts.completed;
    else if (cell.status === "failed") ++counts.failed;
    else if (cell.status === "cancelled") ++counts.cancelled;
    else ++counts.pending;
    sum += isFinal(cell.status) ? 100 : cell.progress;
  }
  const exactProgress = counts.total === 0 ? 0 : sum / counts.total;
  return { ...counts, progress: Math.floor(exactProgress), exactProgress };
}

export function statusOf(counts: BatchCounts): BatchStatus {
  if (counts.running + counts.pending > 0) return "running";
  if (counts.completed === counts.total) return "completed";
  if (counts.completed === 0) return counts.failed === 0 ? "cancelled" : "failed";
  return "partial";
}

// Seconds left at the pace so far. None near the start, where the pace is a guess.
export function etaSeconds(
  createdAt: string,
  now: number,
  exactProgress: number,
): number | undefined {
  const elapsed = (now - Date.parse(createdAt)) / 1000;
  if (exactProgress <= 5 || exactProgress >= 100 || elapsed <= 0) return undefined;
  return (elapsed * (100 - exactProgress)) / exactProgress;
}

export function figureOf(cell: Cell, metric: MetricName): number | null {
  return cell.status === "completed" ? metricOf(cell.metrics, cell.model, metric) : null;
}

// The segment's best model, chosen when its last job ends.
export function bestModel(row: SegmentRow, metric: MetricName): string | undefined {
  let best: { model: string; figure: number } | undefined;
  for (const [model, cell] of Object.entries(row.cells)) {
    if (!isFinal(cell.status)) return undefined;
    const figure = figureOf(cell, metric);
    if (figure === null || !Number.isFinite(figure)) continue;
    if (best === undefined || isBetter(metric, figure, best.figure)) best = { model, figure };
  }
  return best?.model;
}

export function winsByModel(state: BatchState, metric: MetricName): Map<string, number> {
  const wins = new Map<string, number>();
  for (const row of state.rows) {
    const best = bestModel(row, metric);
    if (best !== undefined) wins.set(best, (wins.get(best) ?? 0) + 1);
  }
  return wins;
}

export type RowSort = "given" | "name" | "best" | "worst" | "progress";
export type RowFilter = "all" | "running" | "failed" | "completed";

function matches(row: SegmentRow, filter: RowFilter): boolean {
  const cells = Object.values(row.cells);
  switch (filter) {
    case "all":
      return true;
    case "running":
      return cells.some((cell) => !isFinal(cell.status));
    case "failed":
      return cells.some((cell) => cell.status === "failed");
    case "completed":
      return cells.every((cell) => cell.status === "completed");
  }
}

function bestFigure(row: SegmentRow, metric: MetricName): number {
  let best = Number.POSITIVE_INFINITY;
  for (const cell of Object.values(row.cells)) {
    const figure = figureOf(cell, metric);
    if (figure !== null) best = Math.min(best, figure);
  }
  return best;
}

function rowProgress(row: SegmentRow): number {
  let sum = 0;
  for (const cell of Object.values(row.cells)) sum += isFinal(cell.status) ? 100 : cell.progress;
  return sum;
}

const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export function selectRows(
  state: BatchState,
  view: { text: string; filter: RowFilter; sort: RowSort; metric: MetricName },
): SegmentRow[] {
  const wanted = view.text.trim().toLowerCase();
  const rows = state.rows.filter(
    (row) =>
      matches(row, view.filter) && (wanted === "" || row.name.toLowerCase().includes(wanted)),
  );
  if (view.sort === "given") return rows;
  if (view.sort === "name") return rows.sort((a, b) => names.compare(a.name, b.name));
  const key = new Map<SegmentRow, number>();
  for (const row of rows) {
    const figure = view.sort === "progress" ? -rowProgress(row) : bestFigure(row, view.metric);
    // Rows without a figure come last in either direction.
    key.set(row, view.sort === "worst" && Number.isFinite(figure) ? -figure : figure);
  }
  return rows.sort((a, b) => {
    const x = key.get(a) ?? 0;
    const y = key.get(b) ?? 0;
    return x === y ? 0 : x < y ? -1 : 1;
  });
}
