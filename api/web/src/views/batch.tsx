import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "../lib/api";
import { formatCount, formatTime, metricWords, shortId } from "../lib/format";
import { Link, useParam } from "../lib/router";
import {
  countBatch,
  selectRows,
  statusOf,
  winsByModel,
  type Cell,
  type RowFilter,
  type RowSort,
} from "../live/batch_state";
import { useBatch } from "../live/live";
import { Icon } from "../ui/icons";
import {
  Button,
  ConfirmButton,
  Empty,
  ErrorNote,
  Segmented,
  Select,
  Skeleton,
  Status,
} from "../ui/parts";
import { metricNames, type BatchCounts, type MetricName } from "../wire";
import { BatchFigures } from "./batch_figures";
import { JobPanel } from "./job_panel";
import { Matrix } from "./matrix";

// A batch with more segments than are shown is counted by the server.
const recountMs = 5_000;

const filters = ["all", "running", "failed", "completed"] as const;
const sorts = ["given", "name", "best", "worst", "progress"] as const;
const sortWords: Record<RowSort, string> = {
  given: "As given",
  name: "Name",
  best: "Smallest error",
  worst: "Largest error",
  progress: "Progress",
};

function Actions({
  id,
  counts,
  onDone,
}: {
  id: string;
  counts: BatchCounts;
  onDone: () => Promise<void>;
}) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const run = async (action: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await action();
      await onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const open = counts.running + counts.pending;
  return (
    <>
      <div className="actions">
        {counts.failed > 0 ? (
          <Button disabled={busy} onClick={() => void run(() => api.retryFailed(id))}>
            Retry {formatCount(counts.failed)} failed
          </Button>
        ) : null}
        {open > 0 ? (
          <ConfirmButton
            label="Cancel batch"
            confirm={`Really cancel ${formatCount(open)} jobs?`}
            disabled={busy}
            onConfirm={() => void run(() => api.cancelBatch(id))}
          />
        ) : null}
      </div>
      {error ? <ErrorNote error={error} /> : null}
    </>
  );
}

export function BatchView({ id }: { id: string }) {
  const { state, error, refresh } = useBatch(id);
  const configured = state?.batch.config?.metric ?? "mape";
  const [metric, setMetric] = useParam<MetricName>("metric", configured, metricNames);
  const [filter, setFilter] = useParam<RowFilter>("show", "all", filters);
  const [sort, setSort] = useParam<RowSort>("sort", "given", sorts);
  const [text, setText] = useParam<string>("q", "");
  const [job, setJob] = useParam<string>("job", "");
  const opener = useRef<Element | null>(null);

  const counts = useMemo(() => (state ? countBatch(state) : undefined), [state]);
  const wins = useMemo(() => (state ? winsByModel(state, metric) : new Map()), [state, metric]);
  const rows = useMemo(
    () => (state ? selectRows(state, { text, filter, sort, metric }) : []),
    [state, text, filter, sort, metric],
  );
  const refreshNow = useRef(refresh);
  refreshNow.current = refresh;
  const setJobNow = useRef(setJob);
  setJobNow.current = setJob;
  const open = useCallback((cell: Cell) => {
    opener.current = document.activeElement;
    setJobNow.current(cell.job_id);
  }, []);
  const close = useCallback(() => {
    setJobNow.current("");
    if (opener.current instanceof HTMLElement) opener.current.focus();
  }, []);
  const isRecounted =
    state?.batch.has_more === true && counts !== undefined && statusOf(counts) === "running";
  useEffect(() => {
    if (!isRecounted) return;
    const timer = setInterval(() => void refreshNow.current(), recountMs);
    return () => clearInterval(timer);
  }, [isRecounted]);
  useEffect(() => {
    if (counts) document.title = `${counts.progress} % · Batch · Trainyard`;
  }, [counts]);

  if (error?.isNotFound) {
    return (
      <Empty title="There is no such batch">
        <p className="muted">It may have been deleted, or it belongs to someone else.</p>
        <Link className="button" data-look="plain" href="/">
          To the overview
        </Link>
      </Empty>
    );
  }
  if (!state || !counts) return error ? <ErrorNote error={error} /> : <Skeleton lines={10} />;
  return (
    <div className="page batch-page">
      <nav className="crumbs" aria-label="Breadcrumb">
        <Link href="/">
          <Icon name="back" size={14} />
          Overview
        </Link>
      </nav>
      <header className="title">
        <div className="title-text">
          <h1>
            Batch <code>{shortId(id)}</code>
          </h1>
          <p className="title-sub">
            <Status status={statusOf(counts)} />
            <span className="muted">
              {formatCount(state.batch.segments_total ?? state.rows.length)} segments ×{" "}
              {formatCount(state.models.length)} models
            </span>
            {state.batch.has_more ? (
              <span className="faint">the first {formatCount(state.rows.length)} are shown</span>
            ) : null}
            <span className="faint">started {formatTime(state.batch.created_at)}</span>
          </p>
        </div>
        <Actions id={id} counts={counts} onDone={refresh} />
      </header>
      {error ? <ErrorNote error={error} retry={() => void refresh()} /> : null}
      <BatchFigures state={state} counts={counts} />
      <div className="toolbar">
        <label className="search">
          <Icon name="search" />
          <input
            type="search"
            value={text}
            placeholder="Find a segment"
            aria-label="Find a segment"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <Segmented
          label="Show segments"
          value={filter}
          onChange={setFilter}
          choices={[
            { value: "all", label: "All" },
            { value: "running", label: "Open" },
            { value: "failed", label: "With failures" },
            { value: "completed", label: "Completed" },
          ]}
        />
        <div className="toolbar-end">
          <Select
            label="Metric"
            value={metric}
            onChange={setMetric}
            choices={metricNames.map((value) => ({ value, label: metricWords[value] }))}
          />
          <Select
            label="Order"
            value={sort}
            onChange={setSort}
            choices={sorts.map((value) => ({ value, label: sortWords[value] }))}
          />
        </div>
      </div>
      <div className="split" data-open={job !== "" || undefined}>
        {rows.length > 0 ? (
          <Matrix
            rows={rows}
            models={state.models}
            metric={metric}
            wins={wins}
            selectedJob={job === "" ? null : job}
            onOpen={open}
          />
        ) : (
          <Empty title="No segment matches">
            <Button
              onClick={() => {
                setText("");
                setFilter("all");
              }}
            >
              Show all segments
            </Button>
          </Empty>
        )}
        {job !== "" ? <JobPanel key={job} id={job} onClose={close} /> : null}
      </div>
    </div>
  );
}
