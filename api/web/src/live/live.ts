import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../lib/api";
import type {
  Batch,
  BatchSegment,
  BatchStatus,
  Job,
  JobEvent,
  JobList,
  JobLogEvent,
} from "../wire";
import { isAboutJob, isProgress } from "../wire";
import { applyEvents, batchFromRead, type BatchState } from "./batch_state";
import { LiveConnection, type ConnectionState, type Socket } from "./connection";
import { emptyLog, JobLogReader, type JobLogView } from "./job_log";
import { applyEvent, jobFromEvent, mergeRead, type Tracked } from "./jobs";
import { Resource, type ResourceSpec, type View } from "./resource";

// The page's live data as React hooks.

const connection = new LiveConnection({
  open: () => {
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    return new WebSocket(`${scheme}://${window.location.host}/ws`) as unknown as Socket;
  },
});

connection.start();
window.addEventListener("online", () => connection.retryNow());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) connection.retryNow();
});

export function useConnection(): ConnectionState {
  return useSyncExternalStore(
    (listener) => connection.onChange(listener),
    () => connection.state,
  );
}

function useResource<S, Read, Event>(
  key: string,
  spec: () => ResourceSpec<S, Read, Event>,
): View<S> & { refresh: () => Promise<void> } {
  // A resource belongs to its key; the spec's closures stay those of the first render.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const resource = useMemo(() => new Resource(spec(), connection), [key]);
  const view = useSyncExternalStore(resource.subscribe, resource.getView);
  return { ...view, refresh: () => resource.refresh() };
}

function segmentsOf(state: BatchState): BatchSegment[] {
  return state.rows.map((row) => ({
    segment_id: row.id,
    status: "running" satisfies BatchStatus,
    best_model: null,
    metrics: null,
    jobs: Object.values(row.cells),
  }));
}

export function useBatch(id: string) {
  return useResource<BatchState, Batch, JobEvent>(`batch:${id}`, () => ({
    topic: `batch:${id}`,
    cacheName: `batch:${id}`,
    read: () => api.batch(id),
    fromRead: batchFromRead,
    apply: applyEvents,
    snapshotIsRead: true,
    toCache: (state) => ({ ...state.batch, segments: segmentsOf(state) }),
  }));
}

export function useJob(id: string) {
  return useResource<Tracked<Job>, Job, JobEvent>(`job:${id}`, () => ({
    topic: `job:${id}`,
    cacheName: `job:${id}`,
    read: () => api.job(id),
    fromRead: (read, known) => mergeRead(known, read),
    apply: (job, events) => events.filter(isAboutJob).reduce(applyEvent, job),
    snapshotIsRead: true,
    toCache: (job) => job,
  }));
}

// The lines that a job wrote: read once, then as they come. `version` is the job's, because the
// last lines are stored a moment after its end.
export function useJobLog(id: string, version: number): JobLogView {
  const [read, setRead] = useState({ id, view: emptyLog });
  const reader = useMemo(
    () => new JobLogReader((after) => api.logs(id, after), (view) => setRead({ id, view })),
    [id],
  );
  useEffect(() => {
    const stops = [
      connection.tap((topic, type, data) => {
        if (topic === `job:${id}` && type === "job.log") reader.take((data as JobLogEvent).lines);
      }),
      connection.onChange(() => void reader.readOn()),
      () => reader.stop(),
    ];
    return () => stops.forEach((stop) => stop());
  }, [id, reader]);
  useEffect(() => {
    void reader.readOn();
    const late = setTimeout(() => void reader.readOn(), 1_500);
    return () => clearTimeout(late);
  }, [reader, version]);
  const isPolled = useConnection() !== "live";
  useEffect(() => {
    if (!isPolled) return;
    const timer = setInterval(() => void reader.readOn(), 3_000);
    return () => clearInterval(timer);
  }, [reader, isPolled]);
  return read.id === id ? read.view : emptyLog;
}

export interface RecentJobs {
  jobs: readonly Tracked<Job>[];
  total: number;
}

export const recentMax = 100;

function jobsFromRead(read: Partial<JobList>, known: RecentJobs | undefined): RecentJobs {
  const before = new Map(known?.jobs.map((job) => [job.job_id, job]));
  const jobs = (read.jobs ?? []).map((job) => mergeRead(before.get(job.job_id), job));
  return { jobs, total: read.total ?? Math.max(known?.total ?? 0, jobs.length) };
}

function applyToList(list: RecentJobs, events: readonly JobEvent[]): RecentJobs {
  const jobs = [...list.jobs];
  const at = new Map(jobs.map((job, i) => [job.job_id, i]));
  const added: Job[] = [];
  let changed = false;
  for (const event of events) {
    const place = at.get(event.job_id);
    const before = place === undefined ? undefined : jobs[place];
    if (place !== undefined && before !== undefined) {
      const after = applyEvent(before, event);
      changed ||= after !== before;
      jobs[place] = after;
    } else if (!isProgress(event) && event.event === "JOB_CREATED") {
      added.push(jobFromEvent(event));
    }
  }
  if (added.length > 0) {
    return {
      jobs: [...added.reverse(), ...jobs].slice(0, recentMax),
      total: list.total + added.length,
    };
  }
  return changed ? { ...list, jobs } : list;
}

export function useRecentJobs(onEvent: (event: JobEvent) => void) {
  const handler = useRef(onEvent);
  handler.current = onEvent;
  return useResource<RecentJobs, Partial<JobList>, JobEvent>("mine", () => ({
    topic: "mine",
    cacheName: "jobs",
    read: () => api.jobs({ limit: recentMax }),
    fromRead: jobsFromRead,
    apply: applyToList,
    snapshotIsRead: true,
    toCache: (list) => ({ jobs: [...list.jobs], total: list.total }),
    onEvent: (_, event) => handler.current(event),
  }));
}

// The time, for "3 min ago" and what is left. Ticks only while something on screen needs it.
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
