import {
  isProgress,
  type Job,
  type JobCell,
  type JobEvent,
  type JobProgress,
  type JobStatus,
  type JobTransition,
} from "../wire";

// What events do to jobs. Pure. Events may come late, twice, or mixed with snapshots: a job only
// ever moves forward in `version`, and its progress in (fence, n).

// Where a job's progress reports stand; the server's bodies do not carry it.
interface Reported {
  fence: number;
  n: number;
}

export type Tracked<J extends JobCell> = J & { reported?: Reported };

const finals: ReadonlySet<JobStatus> = new Set(["completed", "failed", "cancelled"]);

export function isFinal(status: JobStatus): boolean {
  return finals.has(status);
}

export function isAtWork(status: JobStatus): boolean {
  return status === "running" || status === "cancelling";
}

function applyTransition<J extends JobCell>(job: Tracked<J>, event: JobTransition): Tracked<J> {
  if (event.version <= job.version) return job;
  const ended = isFinal(event.status);
  return {
    ...job,
    version: event.version,
    status: event.status,
    progress: event.progress,
    current_step: event.current_step,
    attempt: event.attempt,
    retry_count: event.retry_count,
    updated_at: event.at,
    started_at: event.event === "JOB_STARTED" ? event.at : job.started_at,
    completed_at: ended ? event.at : null,
    metrics: event.metrics ?? (event.status === "completed" ? job.metrics : null),
    error: event.error ?? null,
    error_category: event.category ?? null,
    next_attempt_at: event.next_attempt_at ?? null,
    eta_seconds: null,
  };
}

function applyProgress<J extends JobCell>(job: Tracked<J>, event: JobProgress): Tracked<J> {
  if (!isAtWork(job.status)) return job;
  const seen = job.reported;
  if (seen && (event.fence < seen.fence || (event.fence === seen.fence && event.n <= seen.n))) {
    return job;
  }
  return {
    ...job,
    progress: event.progress,
    current_step: event.current_step,
    metrics: event.metrics ?? job.metrics,
    updated_at: event.at,
    reported: { fence: event.fence, n: event.n },
  };
}

// The same object comes back when the event says nothing new.
export function applyEvent<J extends JobCell>(job: Tracked<J>, event: JobEvent): Tracked<J> {
  return isProgress(event) ? applyProgress(job, event) : applyTransition(job, event);
}

// Takes a body read from the server, which may be older than the events that overtook it.
export function mergeRead<J extends JobCell>(known: Tracked<J> | undefined, read: J): Tracked<J> {
  if (known === undefined || read.version > known.version) {
    return known?.reported ? { ...read, reported: known.reported } : read;
  }
  if (read.version < known.version) return known;
  if (read.progress >= known.progress) return { ...known, ...read };
  const { progress, current_step, metrics } = known;
  return { ...known, ...read, progress, current_step, metrics };
}

// A job first heard of through an event, as far as the event tells.
export function jobFromEvent(event: JobTransition): Job {
  return {
    job_id: event.job_id,
    batch_id: event.batch_id,
    run_id: null,
    user_id: event.user_id,
    segment_id: event.segment_id,
    model: event.model,
    status: event.status,
    progress: event.progress,
    current_step: event.current_step,
    created_at: event.at,
    updated_at: event.at,
    submitted_at: null,
    started_at: event.event === "JOB_STARTED" ? event.at : null,
    completed_at: isFinal(event.status) ? event.at : null,
    next_attempt_at: event.next_attempt_at ?? null,
    mlflow_run_id: null,
    error: event.error ?? null,
    error_category: event.category ?? null,
    checkpoint_path: null,
    retry_count: event.retry_count,
    attempt: event.attempt,
    interruptions: 0,
    priority: 0,
    metrics: event.metrics ?? null,
    artifact_uri: null,
    version: event.version,
    eta_seconds: null,
    correlation_id: null,
    cause: event.cause ?? null,
  };
}
