import { describe, expect, it } from "vitest";
import {
  applyEvents,
  batchFromRead,
  bestModel,
  countBatch,
  etaSeconds,
  selectRows,
  statusOf,
  winsByModel,
} from "../src/live/batch_state";
import type { Batch, JobCell, JobTransition } from "../src/wire";

function cell(segment: string, model: string, change: Partial<JobCell> = {}): JobCell {
  return {
    job_id: `${segment}/${model}`,
    segment_id: segment,
    model,
    status: "submitting",
    progress: 0,
    current_step: null,
    version: 2,
    attempt: 1,
    retry_count: 0,
    started_at: null,
    completed_at: null,
    metrics: null,
    error: null,
    error_category: null,
    ...change,
  };
}

const done = (segment: string, model: string, mape: number) =>
  cell(segment, model, {
    status: "completed",
    progress: 100,
    version: 4,
    metrics: { [model]: { mape, rmse: 100 - mape } },
  });

function batch(jobs: JobCell[]): Batch {
  const segments = [...new Set(jobs.map((job) => job.segment_id))];
  return {
    batch_id: "b",
    status: "running",
    created_at: "2026-01-20T15:30:00Z",
    completed_at: null,
    eta_seconds: null,
    total: jobs.length,
    completed: 0,
    failed: 0,
    running: 0,
    pending: 0,
    cancelled: 0,
    progress: 0,
    config: null,
    segments: segments.map((segment_id) => ({
      segment_id,
      status: "running",
      best_model: null,
      metrics: null,
      jobs: jobs.filter((job) => job.segment_id === segment_id),
    })),
  };
}

function completes(job: string, version: number, mape: number): JobTransition {
  const [segment_id = "", model = ""] = job.split("/");
  return {
    event: "JOB_COMPLETED",
    job_id: job,
    batch_id: "b",
    user_id: "u",
    segment_id,
    model,
    version,
    from: "running",
    status: "completed",
    progress: 100,
    current_step: null,
    attempt: 1,
    retry_count: 0,
    at: "2026-01-20T15:31:00Z",
    metrics: { [model]: { mape } },
  };
}

const view = { text: "", filter: "all", sort: "given", metric: "mape" } as const;

describe("a batch on the page", () => {
  it("leaves rows that no event touched as they were", () => {
    const state = batchFromRead(batch([cell("a", "ets"), cell("b", "ets")]));
    const after = applyEvents(state, [completes("b/ets", 3, 5)]);
    expect(after.rows[0]).toBe(state.rows[0]);
    expect(after.rows[1]?.cells["ets"]?.status).toBe("completed");
  });

  it("counts as the server does when not all segments are here", () => {
    const one = batch([cell("a", "ets")]);
    const read = { ...one, total: 9, completed: 4, pending: 5, progress: 44 };
    expect(countBatch(batchFromRead(read)).total).toBe(1);
    const counts = countBatch(batchFromRead({ ...read, has_more: true }));
    expect(counts).toMatchObject({ total: 9, completed: 4, pending: 5, progress: 44 });
    expect(statusOf(counts)).toBe("running");
  });

  it("is the same object when events bring nothing new", () => {
    const state = batchFromRead(batch([done("a", "ets", 5)]));
    expect(applyEvents(state, [completes("a/ets", 4, 9), completes("x/ets", 9, 1)])).toBe(state);
  });

  it("keeps newer cells when a slower answer arrives", () => {
    const read = batch([cell("a", "ets")]);
    const state = applyEvents(batchFromRead(read), [completes("a/ets", 5, 5)]);
    expect(batchFromRead(read, state).rows[0]?.cells["ets"]?.status).toBe("completed");
  });

  it("counts as the server does", () => {
    const state = batchFromRead(
      batch([
        done("a", "ets", 5),
        cell("a", "theta", { status: "running", progress: 50 }),
        cell("b", "ets", { status: "failed", progress: 30 }),
        cell("b", "theta", { status: "cancelled" }),
      ]),
    );
    const counts = countBatch(state);
    expect(counts).toMatchObject({ total: 4, completed: 1, running: 1, failed: 1, cancelled: 1 });
    expect(counts.exactProgress).toBe(87.5);
    expect(counts.progress).toBe(87);
    expect(statusOf(counts)).toBe("running");
    expect(statusOf({ ...counts, running: 0 })).toBe("partial");
  });

  it("names a segment's best model only when its last job has ended", () => {
    const open = batchFromRead(batch([done("a", "ets", 5), cell("a", "theta")]));
    expect(bestModel(open.rows[0]!, "mape")).toBeUndefined();
    const ended = applyEvents(open, [completes("a/theta", 3, 4)]);
    expect(bestModel(ended.rows[0]!, "mape")).toBe("theta");
    expect(winsByModel(ended, "mape").get("theta")).toBe(1);
  });

  it("orders and filters its segments", () => {
    const state = batchFromRead(
      batch([
        done("Store 10", "ets", 3),
        cell("Store 2", "ets", { status: "failed" }),
        done("Store 1", "ets", 7),
      ]),
    );
    const names = (change: object) => selectRows(state, { ...view, ...change }).map((r) => r.name);
    expect(names({ sort: "name" })).toEqual(["Store 1", "Store 2", "Store 10"]);
    expect(names({ sort: "best" })).toEqual(["Store 10", "Store 1", "Store 2"]);
    expect(names({ sort: "worst" })).toEqual(["Store 1", "Store 10", "Store 2"]);
    expect(names({ filter: "failed" })).toEqual(["Store 2"]);
    expect(names({ text: "store 1" })).toEqual(["Store 10", "Store 1"]);
  });

  it("guesses no time left near the start", () => {
    const start = "2026-01-20T15:30:00Z";
    const minute = Date.parse("2026-01-20T15:31:00Z");
    expect(etaSeconds(start, minute, 5)).toBeUndefined();
    expect(etaSeconds(start, minute, 50)).toBe(60);
  });
});
