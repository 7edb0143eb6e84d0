import { useEffect, useState } from "react";
import { api, ApiError } from "../lib/api";
import { eventWord, formatDuration, formatTime, secondsBetween, statusWord } from "../lib/format";
import { isFinal } from "../live/jobs";
import { useNow } from "../live/live";
import { Icon } from "../ui/icons";
import { Button, ConfirmButton, ErrorNote, Figure, Progress } from "../ui/parts";
import type { ErrorCategory, HistoryEntry, Job } from "../wire";
import { JobForecast } from "./job_results";

// Everything about one job, shared by its page and the panel beside the matrix.

const hints: Record<ErrorCategory, string> = {
  transient: "A passing fault. The job was tried again by itself before it was given up.",
  cluster: "The process that trained it died, ran out of memory or hung. Retrying may help.",
  data: "The data of this segment is not usable as it is. Correct it and launch again.",
  config: "The settings of the job are not valid. Change them and launch again.",
  permanent: "Trying again will not help without a change.",
};

function etaOf(job: Job, now: number): number | undefined {
  if (job.status !== "running" || job.started_at === null) return undefined;
  if (job.progress <= 5 || job.progress >= 100) return undefined;
  return (secondsBetween(job.started_at, now) * (100 - job.progress)) / job.progress;
}

export function JobActions({ job, onDone }: { job: Job; onDone: () => Promise<void> }) {
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
  return (
    <>
      <div className="actions">
        {!isFinal(job.status) ? (
          <ConfirmButton
            label={job.status === "cancelling" ? "Cancelling…" : "Cancel job"}
            confirm="Really cancel?"
            disabled={busy || job.status === "cancelling"}
            onConfirm={() => void run(() => api.cancelJob(job.job_id))}
          />
        ) : null}
        {job.status === "failed" || job.status === "pending" ? (
          <Button
            look="primary"
            disabled={busy}
            onClick={() => void run(() => api.submitJob(job.job_id))}
          >
            {job.status === "failed" ? "Retry" : "Start"}
          </Button>
        ) : null}
      </div>
      {error ? <ErrorNote error={error} /> : null}
    </>
  );
}

export function JobSummary({ job }: { job: Job }) {
  const active = !isFinal(job.status);
  const now = useNow(active ? 1000 : null);
  const eta = etaOf(job, now);
  const taken =
    job.started_at === null ? undefined : secondsBetween(job.started_at, job.completed_at ?? now);
  const waits = job.next_attempt_at !== null && job.status === "submitting";
  return (
    <div className="stack">
      <div className="job-progress">
        <Progress
          value={job.progress}
          status={job.status}
          size="large"
          label="Progress of the job"
        />
        <div className="job-step">
          <span className="clip">{job.current_step ?? statusWord(job.status)}</span>
          <span className="num">{job.progress} %</span>
        </div>
      </div>
      {job.error ? (
        <div className="note" data-tone="bad" role="alert">
          <Icon name="warning" />
          <div>
            <p className="note-title">
              {job.error_category ? `Failed: ${job.error_category}` : "Failed"}
            </p>
            <p className="break">{job.error}</p>
            {job.error_category ? <p className="muted">{hints[job.error_category]}</p> : null}
          </div>
        </div>
      ) : null}
      <dl className="figures">
        {active ? (
          <Figure label="Time left">
            {eta === undefined ? "–" : `≈ ${formatDuration(Math.max(1, eta))}`}
          </Figure>
        ) : null}
        <Figure label={active ? "Running for" : "Took"}>
          {taken === undefined ? "–" : formatDuration(taken)}
        </Figure>
        <Figure label="Attempt">
          {job.attempt}
          {job.retry_count > 0 ? (
            <span className="faint">
              {` · ${job.retry_count} ${job.retry_count === 1 ? "retry" : "retries"}`}
            </span>
          ) : null}
        </Figure>
        {waits && job.next_attempt_at ? (
          <Figure label="Next attempt">{formatTime(job.next_attempt_at)}</Figure>
        ) : null}
      </dl>
    </div>
  );
}

export function JobTimeline({ job }: { job: Job }) {
  const [events, setEvents] = useState<HistoryEntry[]>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    let isCurrent = true;
    api.history(job.job_id).then(
      (history) => {
        if (!isCurrent) return;
        setEvents(history.events);
        setError(undefined);
      },
      (problem: unknown) => isCurrent && problem instanceof ApiError && setError(problem),
    );
    return () => {
      isCurrent = false;
    };
  }, [job.job_id, job.version]);
  if (error && !events) return <ErrorNote error={error} />;
  return (
    <ol className="timeline">
      {(events ?? []).map((entry) => (
        <li key={entry.version} data-status={entry.to}>
          <span className="status-dot" aria-hidden="true" />
          <div>
            <p>
              {eventWord(entry.event)}
              {entry.attempt > 1 ? <span className="faint"> · attempt {entry.attempt}</span> : null}
              {entry.category ? <span className="faint"> · {entry.category}</span> : null}
            </p>
            {entry.detail ? <p className="muted break">{entry.detail}</p> : null}
            {entry.worker_id ? <p className="faint break">{entry.worker_id}</p> : null}
          </div>
          <time className="faint num" dateTime={entry.at}>
            {formatTime(entry.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}

export function JobResultsSection({ job }: { job: Job }) {
  if (job.status === "completed") return <JobForecast job={job} />;
  return (
    <p className="muted">
      {isFinal(job.status)
        ? "There is no forecast: the job did not complete."
        : "The forecast appears here as soon as the job has completed."}
    </p>
  );
}
