import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
} from "react";
import { formatNumber, metricWords, statusWord } from "../lib/format";
import { bestModel, figureOf, type Cell, type SegmentRow } from "../live/batch_state";
import { isFinal } from "../live/jobs";
import type { MetricName } from "../wire";

// The segment × model matrix. Only the rows in sight are in the page, so thousands of cells cost
// no more than a screenful; rows redraw only when one of their own cells changed. One cell at a
// time can be tabbed to, and the arrow keys move it.

const rowHeight = 36;
const overscan = 6;

export interface Position {
  row: number;
  column: number;
}

function describeCell(row: SegmentRow, model: string, cell: Cell, metric: MetricName): string {
  const figure = figureOf(cell, metric);
  const result =
    figure !== null
      ? `${metricWords[metric]} ${formatNumber(figure)}`
      : cell.status === "running"
        ? `${cell.progress} percent`
        : (cell.error ?? "");
  return `${row.name}, ${model}: ${statusWord(cell.status)} ${result}`.trim();
}

function CellContent({ cell, metric }: { cell: Cell; metric: MetricName }) {
  if (cell.status === "completed") {
    return <span className="num">{formatNumber(figureOf(cell, metric))}</span>;
  }
  if (cell.status === "running" || cell.status === "cancelling") {
    return (
      <>
        <span className="cell-track" aria-hidden="true">
          <span className="cell-bar" style={{ transform: `scaleX(${cell.progress / 100})` }} />
        </span>
        <span className="num">{cell.progress}</span>
      </>
    );
  }
  if (cell.status === "failed") return <span>failed</span>;
  if (cell.status === "cancelled") return <span>cancelled</span>;
  return <span className="cell-waiting" aria-hidden="true" />;
}

interface RowProps {
  row: SegmentRow;
  at: number;
  models: readonly string[];
  metric: MetricName;
  focusColumn: number | null; // the column that can be tabbed to, if it is in this row
  selectedJob: string | null;
  onOpen: (cell: Cell) => void;
  onFocus: (at: number, column: number) => void;
}

const MatrixRow = memo(function MatrixRow(props: RowProps) {
  const { row, at, models, metric, focusColumn, selectedJob, onOpen, onFocus } = props;
  const best = models.length > 1 ? bestModel(row, metric) : undefined;
  const ended = Object.values(row.cells).every((cell) => isFinal(cell.status));
  return (
    <div
      className="matrix-row"
      role="row"
      aria-rowindex={at + 2}
      data-ended={ended || undefined}
      style={{ top: at * rowHeight }}
    >
      <div className="matrix-name" role="rowheader" title={row.name}>
        <span>{row.name}</span>
      </div>
      {models.map((model, column) => {
        const cell = row.cells[model];
        if (!cell) return <div key={model} className="cell" role="gridcell" aria-label="No job" />;
        const isBest = model === best;
        return (
          <div
            key={model}
            className="cell"
            role="gridcell"
            data-column={column}
            data-status={cell.status}
            data-best={isBest || undefined}
            aria-selected={cell.job_id === selectedJob}
            aria-label={describeCell(row, model, cell, metric) + (isBest ? ", best" : "")}
            tabIndex={focusColumn === column ? 0 : -1}
            title={cell.error ?? cell.current_step ?? undefined}
            onClick={() => onOpen(cell)}
            onFocus={() => onFocus(at, column)}
          >
            <CellContent cell={cell} metric={metric} />
          </div>
        );
      })}
    </div>
  );
});

function useWindow(ref: React.RefObject<HTMLElement>, rows: number) {
  const [range, setRange] = useState({ first: 0, last: 40 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - overscan);
      const count = Math.ceil(element.clientHeight / rowHeight) + 2 * overscan;
      const last = Math.min(rows, first + count);
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    };
    const schedule = () => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    measure();
    element.addEventListener("scroll", schedule, { passive: true });
    const observer = new ResizeObserver(schedule);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", schedule);
      observer.disconnect();
    };
  }, [ref, rows]);
  return range;
}

export function Matrix({
  rows,
  models,
  metric,
  wins,
  selectedJob,
  onOpen,
}: {
  rows: readonly SegmentRow[];
  models: readonly string[];
  metric: MetricName;
  wins: ReadonlyMap<string, number>;
  selectedJob: string | null;
  onOpen: (cell: Cell) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last } = useWindow(scroller, rows.length);
  const [focus, setFocus] = useState<Position>({ row: 0, column: 0 });
  const moved = useRef(false);
  const focusRow = Math.min(focus.row, rows.length - 1);

  // After a key moved the focus, its cell is brought into sight and focused.
  useEffect(() => {
    const element = scroller.current;
    if (!moved.current || !element) return;
    const top = focusRow * rowHeight;
    const room = element.clientHeight - 2 * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
    moved.current = false;
    element
      .querySelector<HTMLElement>(
        `[aria-rowindex="${focusRow + 2}"] [data-column="${focus.column}"]`,
      )
      ?.focus({ preventScroll: true });
  }, [focusRow, focus.column]);

  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const steps: Record<string, readonly [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: event.ctrlKey ? [-rows.length, -models.length] : [0, -models.length],
      End: event.ctrlKey ? [rows.length, models.length] : [0, models.length],
    };
    if (event.key === "Enter" || event.key === " ") {
      const cell = rows[focusRow]?.cells[models[focus.column] ?? ""];
      if (cell) onOpen(cell);
      event.preventDefault();
      return;
    }
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    moved.current = true;
    setFocus({
      row: Math.min(rows.length - 1, Math.max(0, focusRow + step[0])),
      column: Math.min(models.length - 1, Math.max(0, focus.column + step[1])),
    });
  };
  const focusAt = useRef((row: number, column: number) =>
    setFocus((old) => (old.row === row && old.column === column ? old : { row, column })),
  );

  // The focused row stays in the page wherever it is, so that keys are never typed into nothing.
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (focusRow >= 0 && (focusRow < first || focusRow >= last)) drawn.push(focusRow);

  const size = {
    "--columns": models.length,
    "--rows-height": `${rows.length * rowHeight}px`,
  } as CSSProperties;
  return (
    <div
      className="matrix"
      ref={scroller}
      role="grid"
      aria-label="Jobs by segment and model"
      aria-rowcount={rows.length + 1}
      aria-colcount={models.length + 1}
      style={size}
      onKeyDown={onKey}
    >
      <div className="matrix-head" role="row" aria-rowindex={1}>
        <div className="matrix-name" role="columnheader">
          <span>Segment</span>
        </div>
        {models.map((model) => (
          <div key={model} className="matrix-model" role="columnheader">
            <span title={model}>{model}</span>
            <span className="wins" title={`Best of ${wins.get(model) ?? 0} segments`}>
              {wins.get(model) ?? 0}
            </span>
          </div>
        ))}
      </div>
      <div className="matrix-body" role="rowgroup">
        {drawn.map((at) => {
          const row = rows[at];
          if (!row) return null;
          return (
            <MatrixRow
              key={row.name}
              row={row}
              at={at}
              models={models}
              metric={metric}
              focusColumn={at === focusRow ? focus.column : null}
              selectedJob={
                selectedJob !== null &&
                Object.values(row.cells).some((cell) => cell.job_id === selectedJob)
                  ? selectedJob
                  : null
              }
              onOpen={onOpen}
              onFocus={focusAt.current}
            />
          );
        })}
      </div>
    </div>
  );
}
