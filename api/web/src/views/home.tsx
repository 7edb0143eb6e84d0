import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../lib/api";
import { readCache, writeCache } from "../lib/cache";
import {
  formatAgo,
  formatCount,
  formatMetric,
  metricOf,
  modelNames,
  segmentName,
  shortId,
} from "../lib/format";
import { Link, useParam } from "../lib/router";
import { isFinal } from "../live/jobs";
import { recentMax, useNow, useRecentJobs } from "../live/live";
import { Empty, ErrorNote, Progress, Segmented, Skeleton, Status } from "../ui/parts";
import type { BatchSummary, Job, JobStatus } from "../wire";

const batchesShown = 20;
const refreshMs = 1_500;

// The batches as the server counts them, read again (at most every refreshMs) while jobs change.
function useBatches() {
  const [batches, setBatches] = useState(() => readCache<BatchSummary[]>("batches"));
  const [error, setError] = useState<unknown>();
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const read = useCallback(async () => {
    try {
      const list = await api.batches(batchesShown);
      setBatches(list.batches);
      writeCache("batches", list.batches);
      setError(undefined);
    } catch (problem) {
      setError(problem);
    }
  }, []);
  useEffect(() => {
    void read();
    return () => clearTimeout(timer.current);
  }, [read]);
  const readSoon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void read();
    }, refreshMs);
  }, [read]);
  return { batches, error, read, readSoon };
}

function BatchRow({ batch, now }: { batch: BatchSummary; now: number }) {
  return (
    <li>
      <Link className="row batch-row" href={`/batches/${batch.batch_id}`}>
        <Status status={batch.status} />
        <span className="row-name">
          Batch <code>{shortId(batch.batch_id)}</code>
        </span>
        <span className="row-progress">
          <Progress value={batch.progress} status={batch.status} label="Progress of the batch" />
          <span className="num">{batch.progress} %</span>
        </span>
        <span className="row-counts num">
          {formatCount(batch.completed)} of {formatCount(batch.total)} jobs
          {batch.failed > 0 ? (
            <span className="bad"> · {formatCount(batch.failed)} failed</span>
          ) : null}
        </span>
        <time className="row-time" dateTime={batch.created_at}>
          {formatAgo(batch.created_at, now)}
        </time>
      </Link>
    </li>
  );
}

function JobRow({ job, now }: { job: Job; now: number }) {
  const mape = metricOf(job.metrics, job.model, "mape");
  return (
    <li>
      <Link className="row job-row" href={`/jobs/${job.job_id}`}>
        <Status status={job.status} />
        <span className="row-name" title={segmentName(job.segment_id)}>
          {segmentName(job.segment_id)}
        </span>
        <code className="row-model">{modelNames(job)}</code>
        <span className="row-result">
          {job.status === "completed" ? (
            <span className="num">{formatMetric("mape", mape)} MAPE</span>
          ) : job.status === "failed" ? (
            <span className="bad clip" title={job.error ?? ""}>
              {job.error ?? "failed"}
            </span>
          ) : isFinal(job.status) || job.progress === 0 ? null : (
            <Progress value={job.progress} status={job.status} label="Progress of the job" />
          )}
        </span>
        <time className="row-time" dateTime={job.updated_at}>
          {formatAgo(job.updated_at, now)}
        </time>
      </Link>
    </li>
  );
}

const filters = ["all", "active", "completed", "failed", "cancelled"] as const;
type Filter = (typeof filters)[number];
const filterWords: Record<Filter, string> = {
  all: "All",
  active: "Active",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

function passes(status: JobStatus, filter: Filter): boolean {
  if (filter === "all") return true;
  return filter === "active" ? !isFinal(status) : status === filter;
}

export function HomeView() {
  const { batches, error: batchError, read, readSoon } = useBatches();
  const {
    state: recent,
    error: jobError,
    refresh,
  } = useRecentJobs((event) => {
    if (event.batch_id !== null) readSoon();
  });
  const [filter, setFilter] = useParam<Filter>("status", "all", filters);
  const now = useNow(5_000);
  const jobs = recent?.jobs.filter((job) => passes(job.status, filter));
  const nothing = batches?.length === 0 && recent?.jobs.length === 0;

  if (nothing && filter === "all") {
    return (
      <Empty title="No forecasts yet">
        <p className="muted">
          Upload a CSV with a date, a value and, if you like, a segment column. Trainyard trains
          every model on every segment and shows the results as they arrive.
        </p>
        <Link className="button" data-look="primary" href="/launch">
          New forecast
        </Link>
      </Empty>
    );
  }
  return (
    <div className="page">
      <section aria-labelledby="batches-title">
        <div className="section-head">
          <h1 id="batches-title">Batches</h1>
        </div>
        {batchError ? <ErrorNote error={batchError} retry={() => void read()} /> : null}
        {batches === undefined ? (
          batchError ? null : (
            <Skeleton lines={3} />
          )
        ) : batches.length === 0 ? (
          <p className="muted">No batches yet.</p>
        ) : (
          <ul className="list">
            {batches.map((batch) => (
              <BatchRow key={batch.batch_id} batch={batch} now={now} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="jobs-title">
        <div className="section-head">
          <h2 id="jobs-title">Recent jobs</h2>
          <Segmented
            label="Show jobs by status"
            value={filter}
            onChange={setFilter}
            choices={filters.map((value) => ({ value, label: filterWords[value] }))}
          />
        </div>
        {jobError ? <ErrorNote error={jobError} retry={() => void refresh()} /> : null}
        {jobs === undefined ? (
          jobError ? null : (
            <Skeleton lines={6} />
          )
        ) : jobs.length === 0 ? (
          <Empty title={filter === "all" ? "No jobs yet" : `No ${filter} jobs`} />
        ) : (
          <ul className="list">
            {jobs.map((job) => (
              <JobRow key={job.job_id} job={job} now={now} />
            ))}
          </ul>
        )}
        {recent && recent.total > recentMax ? (
          <p className="faint">
            The newest {recentMax} of {formatCount(recent.total)} jobs. Open a batch to see all of
            its jobs.
          </p>
        ) : null}
      </section>
    </div>
  );
}
