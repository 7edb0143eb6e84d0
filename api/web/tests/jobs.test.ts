import { describe, expect, it } from "vitest";
import { applyEvent, jobFromEvent, mergeRead, type Tracked } from "../src/live/jobs";
import type { Job, JobProgress, JobTransition } from "../src/wire";

const at = "2026-01-20T15:30:00Z";

function transition(version: number, change: Partial<JobTransition> = {}): JobTransition {
  return {
    event: "JOB_STARTED",
    job_id: "j",
    batch_id: "b",
    user_id: "u",
    segment_id: "s",
    model: "ets",
    version,
    from: "submitting",
    status: "running",
    progress: 5,
    current_step: null,
    attempt: 1,
    retry_count: 0,
    at,
    ...change,
  };
}

function progress(fence: number, n: number, percent: number): JobProgress {
  return {
    event: "JOB_PROGRESS",
    job_id: "j",
    batch_id: "b",
    user_id: "u",
    segment_id: "s",
    model: "ets",
    fence,
    n,
    progress: percent,
    current_step: `step ${n}`,
    at,
  };
}

const running = (): Tracked<Job> => jobFromEvent(transition(3));

describe("a job on the page", () => {
  it("ignores events that are not newer", () => {
    const done = applyEvent(running(), transition(4, { status: "completed", progress: 100 }));
    expect(applyEvent(done, transition(3))).toBe(done);
    expect(applyEvent(done, transition(4, { status: "failed" }))).toBe(done);
    expect(done.completed_at).toBe(at);
  });

  it("moves its progress forward only, in fence and number", () => {
    const job = applyEvent(running(), progress(2, 4, 60));
    expect(job.progress).toBe(60);
    expect(applyEvent(job, progress(2, 3, 50))).toBe(job);
    expect(applyEvent(job, progress(1, 9, 90))).toBe(job);
    expect(applyEvent(job, progress(3, 1, 10)).progress).toBe(10);
  });

  it("takes no progress after its end or before its start", () => {
    const done = applyEvent(running(), transition(4, { status: "failed", error: "bad data" }));
    expect(applyEvent(done, progress(1, 99, 99))).toBe(done);
    const queued = jobFromEvent(transition(2, { status: "submitting", progress: 0 }));
    expect(applyEvent(queued, progress(1, 1, 50))).toBe(queued);
  });

  it("drops the last attempt's error and end when it is tried again", () => {
    const failed = applyEvent(running(), transition(4, { status: "failed", error: "x" }));
    const again = applyEvent(
      failed,
      transition(5, { event: "JOB_SUBMITTED", status: "submitting", progress: 0, attempt: 2 }),
    );
    expect(again).toMatchObject({ error: null, completed_at: null, attempt: 2, metrics: null });
  });

  it("keeps what overtook a slower answer of the server", () => {
    const done = applyEvent(running(), transition(4, { status: "completed" }));
    expect(mergeRead(done, jobFromEvent(transition(3)))).toBe(done);
  });

  it("keeps the newer progress when the answer has the same version", () => {
    const job = applyEvent(running(), progress(1, 4, 60));
    const read = { ...jobFromEvent(transition(3)), progress: 40, run_id: "local-1" };
    expect(mergeRead(job, read)).toMatchObject({ progress: 60, run_id: "local-1" });
  });

  it("takes the answer when it is newer", () => {
    const read = jobFromEvent(transition(7, { status: "cancelled" }));
    expect(mergeRead(running(), read).status).toBe("cancelled");
  });
});
