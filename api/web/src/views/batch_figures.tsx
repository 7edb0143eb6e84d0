import { formatCount, formatDuration, secondsBetween } from "../lib/format";
import { etaSeconds, statusOf, type BatchState } from "../live/batch_state";
import { useNow } from "../live/live";
import { Figure } from "../ui/parts";
import type { BatchCounts } from "../wire";

// What share of the work ended how, and how much of the rest is done.
function BatchBar({ counts }: { counts: BatchCounts & { exactProgress: number } }) {
  const ended = counts.completed + counts.failed + counts.cancelled;
  const share = (jobs: number) => (counts.total === 0 ? 0 : (jobs * 100) / counts.total);
  const parts = [
    ["completed", share(counts.completed)],
    ["failed", share(counts.failed)],
    ["cancelled", share(counts.cancelled)],
    ["running", Math.max(0, counts.exactProgress - share(ended))],
  ] as const;
  return (
    <div
      className="batch-bar"
      role="progressbar"
      aria-label="Progress of the batch"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={counts.progress}
    >
      {parts.map(([status, width]) => (
        <span key={status} data-status={status} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

export function BatchFigures({
  state,
  counts,
}: {
  state: BatchState;
  counts: BatchCounts & { exactProgress: number };
}) {
  const status = statusOf(counts);
  const isOpen = status === "running";
  const now = useNow(isOpen ? 1000 : null);
  const { created_at, completed_at } = state.batch;
  const eta = etaSeconds(created_at, now, counts.exactProgress);
  const ended = completed_at ?? lastEnd(state);
  return (
    <section className="card batch-figures" aria-label="Progress of the batch">
      <div className="batch-progress">
        <BatchBar counts={counts} />
        <span className="num batch-percent">{counts.progress} %</span>
      </div>
      <dl className="figures">
        <Figure label="Completed">
          <span className="num">
            {formatCount(counts.completed)}
            <span className="faint"> of {formatCount(counts.total)}</span>
          </span>
        </Figure>
        <Figure label="Running">
          <span className="num">{formatCount(counts.running)}</span>
        </Figure>
        <Figure label="Waiting">
          <span className="num">{formatCount(counts.pending)}</span>
        </Figure>
        <Figure label="Failed">
          <span className={counts.failed > 0 ? "num bad" : "num"}>
            {formatCount(counts.failed)}
          </span>
        </Figure>
        {counts.cancelled > 0 ? (
          <Figure label="Cancelled">
            <span className="num">{formatCount(counts.cancelled)}</span>
          </Figure>
        ) : null}
        <Figure label={isOpen ? "Time left" : "Took"}>
          <span className="num">
            {isOpen
              ? eta === undefined
                ? "–"
                : `≈ ${formatDuration(Math.max(1, eta))}`
              : ended
                ? formatDuration(secondsBetween(created_at, ended))
                : "–"}
          </span>
        </Figure>
      </dl>
    </section>
  );
}

function lastEnd(state: BatchState): string | undefined {
  let last: string | undefined;
  for (const row of state.rows) {
    for (const { completed_at } of Object.values(row.cells)) {
      if (completed_at !== null && (last === undefined || completed_at > last)) last = completed_at;
    }
  }
  return last;
}
