import type { JobLog, LogLine } from "../wire";

// The lines of one job as the page has them: what the server stored, read on from the last known
// line, and what comes live. Live lines may be left out or overtake each other, which a gap in
// their numbers tells; then the stored ones are read. Knows nothing of how either travels.

export interface JobLogView {
  lines: readonly LogLine[];
  leftOut: number; // older lines that the page does not keep
  isRead: boolean; // the server has answered
}

export const emptyLog: JobLogView = { lines: [], leftOut: 0, isRead: false };

const linesMax = 5_000;

export function withLines(view: JobLogView, lines: readonly LogLine[]): JobLogView {
  const last = view.lines.at(-1)?.seq ?? 0;
  const added = lines.filter((line) => line.seq > last);
  if (added.length === 0) return view;
  const all = [...view.lines, ...added];
  const excess = Math.max(0, all.length - linesMax);
  return { ...view, lines: all.slice(excess), leftOut: view.leftOut + excess };
}

export class JobLogReader {
  private view = emptyLog;
  private reading: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly read: (after: number) => Promise<JobLog>,
    private readonly changed: (view: JobLogView) => void,
  ) {}

  private get last(): number {
    return this.view.lines.at(-1)?.seq ?? 0;
  }

  // Live lines, in order.
  take(lines: readonly LogLine[]): void {
    const first = lines.find((line) => line.seq > this.last);
    if (!first) return;
    if (first.seq === this.last + 1 && this.reading === undefined) {
      this.set(withLines(this.view, lines));
    } else {
      void this.readOn();
    }
  }

  // Everything stored after the last known line. Asked for meanwhile, it reads once more.
  readOn(): Promise<void> {
    this.isStopped = false;
    this.reading = (this.reading ?? Promise.resolve()).then(() => this.readPages());
    const mine = this.reading;
    return mine.finally(() => {
      if (this.reading === mine) this.reading = undefined;
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  private async readPages(): Promise<void> {
    for (let hasMore = true; hasMore && !this.isStopped; ) {
      try {
        const page = await this.read(this.last);
        hasMore = page.has_more;
        this.set({ ...withLines(this.view, page.lines), isRead: true });
      } catch {
        return; // whoever shows the job tells that the server is away
      }
    }
  }

  private set(view: JobLogView): void {
    this.view = view;
    if (!this.isStopped) this.changed(view);
  }
}
