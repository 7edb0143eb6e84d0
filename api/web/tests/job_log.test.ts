import { describe, expect, it } from "vitest";
import { JobLogReader, withLines, emptyLog, type JobLogView } from "../src/live/job_log";
import type { JobLog, LogLine } from "../src/wire";

const line = (seq: number): LogLine => ({
  seq,
  at: "2026-01-20T15:30:00Z",
  attempt: 1,
  level: "info",
  line: `line ${seq}`,
});

const seqs = (view: JobLogView) => view.lines.map((each) => each.seq);

// A server that has `stored` lines and gives two per page.
function reader(stored: LogLine[]) {
  const views: JobLogView[] = [];
  const asked: number[] = [];
  const read = async (after: number): Promise<JobLog> => {
    asked.push(after);
    const rest = stored.filter((each) => each.seq > after);
    return { job_id: "j", lines: rest.slice(0, 2), next: 0, has_more: rest.length > 2 };
  };
  const log = new JobLogReader(read, (view) => views.push(view));
  return { log, asked, view: () => views.at(-1) ?? emptyLog };
}

describe("JobLogReader", () => {
  it("reads page by page to the end", async () => {
    const { log, asked, view } = reader([1, 2, 3, 4, 5].map(line));
    await log.readOn();
    expect(seqs(view())).toEqual([1, 2, 3, 4, 5]);
    expect(view().isRead).toBe(true);
    expect(asked).toEqual([0, 2, 4]);
  });

  it("adds live lines that follow without asking the server", async () => {
    const { log, asked, view } = reader([1, 2].map(line));
    await log.readOn();
    log.take([2, 3, 4].map(line));
    expect(seqs(view())).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([0]);
  });

  it("reads what is stored when live lines were left out", async () => {
    const { log, asked, view } = reader([1, 2, 3, 4].map(line));
    await log.readOn();
    log.take([line(7)]);
    await log.readOn();
    expect(asked).toContain(4);
    expect(seqs(view())).toEqual([1, 2, 3, 4]);
  });

  it("ignores lines that it has", async () => {
    const { log, asked, view } = reader([1, 2].map(line));
    await log.readOn();
    log.take([line(1), line(2)]);
    expect(seqs(view())).toEqual([1, 2]);
    expect(asked).toEqual([0]);
  });
});

describe("withLines", () => {
  it("keeps the newest and counts the rest", () => {
    const view = withLines(emptyLog, Array.from({ length: 5_003 }, (_, i) => line(i + 1)));
    expect(view.lines).toHaveLength(5_000);
    expect(view.lines[0]?.seq).toBe(4);
    expect(view.leftOut).toBe(3);
  });
});
