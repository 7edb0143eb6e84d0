import { useLayoutEffect, useRef } from "react";
import { isFinal } from "../live/jobs";
import { useJobLog } from "../live/live";
import type { Job, LogLine } from "../wire";

// What the job wrote. Stays at the end while the reader is there, and where it is otherwise.

const nearEndPx = 24;

function clock(at: string): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function Line({ line }: { line: LogLine }) {
  return (
    <li data-level={line.level}>
      <time dateTime={line.at} title={line.at}>
        {clock(line.at)}
      </time>
      <span className="log-text">{line.line}</span>
    </li>
  );
}

export function JobLogSection({ job }: { job: Job }) {
  const { lines, leftOut, isRead } = useJobLog(job.job_id, job.version);
  const box = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    isAtEnd.current =
      element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx;
  };
  if (lines.length === 0) {
    return (
      <p className="muted">
        {!isRead ? "…" : isFinal(job.status) ? "It wrote nothing." : "Nothing yet."}
      </p>
    );
  }
  return (
    <>
      {leftOut > 0 ? <p className="muted">{leftOut} older lines are not shown.</p> : null}
      <ol className="log" ref={box} onScroll={onScroll} tabIndex={0} aria-label="Lines of the log">
        {lines.map((line, i) => (
          <Lines key={line.seq} line={line} before={lines[i - 1]} />
        ))}
      </ol>
    </>
  );
}

// A heading where another attempt begins.
function Lines({ line, before }: { line: LogLine; before: LogLine | undefined }) {
  const begins = before === undefined ? line.attempt > 1 : before.attempt !== line.attempt;
  return (
    <>
      {begins ? <li className="log-attempt">Attempt {line.attempt}</li> : null}
      <Line line={line} />
    </>
  );
}
