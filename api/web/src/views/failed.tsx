import { useCallback, useState } from "react";
import { api, type Patch } from "../lib/api";
import { formatAgo, formatCount, modelNames, segmentName } from "../lib/format";
import { Link, useParam } from "../lib/router";
import { useRead } from "../lib/use_read";
import { useNow } from "../live/live";
import { Button, ConfirmButton, Empty, ErrorNote, Select, Skeleton } from "../ui/parts";
import type { Job, JobsChanged, JobsFilter } from "../wire";

// Jobs that failed for good, and another go for one of them or for all that match, with an edit of
// their configs.

const categories = ["all", "transient", "cluster", "data", "config", "permanent"] as const;
type Category = (typeof categories)[number];
const shown = 50;
const everyMs = 5_000;

function parsePatch(text: string): Patch | string {
  if (text.trim() === "") return {};
  try {
    const patch: unknown = JSON.parse(text);
    if (typeof patch === "object" && patch !== null && !Array.isArray(patch)) return patch as Patch;
  } catch {
    // Falls through to what is expected.
  }
  return 'Expected a JSON object, such as {"horizon": 6}';
}

// Until nothing is left: the server does some thousands at a time.
async function redriveAll(filter: JobsFilter, patch: Patch): Promise<JobsChanged> {
  const sum = await api.redriveJobs(filter, patch);
  for (let last = sum; last.has_more && last.next !== null; ) {
    last = await api.redriveJobs({ ...filter, before: last.next }, patch);
    sum.changed += last.changed;
    sum.refused += last.refused;
    sum.errors.push(...last.errors);
  }
  return sum;
}

function FailedRow({
  job,
  now,
  onRedrive,
}: {
  job: Job;
  now: number;
  onRedrive: (() => void) | undefined;
}) {
  return (
    <li className="told">
      <div className="told-head">
        <Link className="row-name" href={`/jobs/${job.job_id}`}>
          {segmentName(job.segment_id)}
        </Link>
        <code className="muted">{modelNames(job)}</code>
        <span className="muted">{job.error_category}</span>
        <time className="row-time" dateTime={job.updated_at}>
          {formatAgo(job.updated_at, now)}
        </time>
        <Button disabled={onRedrive === undefined} onClick={onRedrive}>
          Redrive
        </Button>
      </div>
      <p className="bad">{job.error}</p>
    </li>
  );
}

function Outcome({ done }: { done: JobsChanged }) {
  return (
    <div className="note" role="status">
      <div>
        <p className="note-title">
          {formatCount(done.changed)} redriven
          {done.refused > 0 ? `, ${formatCount(done.refused)} refused` : ""}
        </p>
        {done.errors.slice(0, 3).map(({ job_id, error }) => (
          <p key={job_id}>
            <Link href={`/jobs/${job_id}`}>{job_id}</Link>: {error.detail}
          </p>
        ))}
      </div>
    </div>
  );
}

export function FailedView() {
  const [category, setCategory] = useParam<Category>("category", "all", categories);
  const [text, setText] = useParam<string>("q", "");
  const [edit, setEdit] = useState("");
  const [done, setDone] = useState<JobsChanged>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const now = useNow(5_000);
  const filter: JobsFilter = {
    status: "failed",
    ...(category === "all" ? {} : { category }),
    ...(text === "" ? {} : { q: text }),
  };
  const key = JSON.stringify(filter);
  const reading = useRead(
    useCallback(() => api.jobs({ ...(JSON.parse(key) as JobsFilter), limit: shown }), [key]),
    everyMs,
  );
  const patch = parsePatch(edit);
  const isWrong = typeof patch === "string";
  const page = reading.value;
  const total = page ? formatCount(page.total) + (page.total_is_exact ? "" : "+") : "";

  const run = (what: () => Promise<JobsChanged>) => {
    setBusy(true);
    setError(undefined);
    setDone(undefined);
    what()
      .then(setDone, setError)
      .finally(() => {
        setBusy(false);
        void reading.read();
      });
  };
  const one = (job: Job, with_: Patch) =>
    run(async () => {
      await api.redriveJob(job.job_id, with_);
      return { matched: 1, changed: 1, refused: 0, errors: [], has_more: false, next: null };
    });

  return (
    <div className="page">
      <div className="section-head">
        <h1>Failed jobs</h1>
        <div className="told-head">
          <Select
            label="Category"
            value={category}
            onChange={setCategory}
            choices={categories.map((value) => ({ value, label: value }))}
          />
          <label className="select">
            <span>Reason</span>
            <input
              type="search"
              value={text}
              placeholder="part of the error"
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        </div>
      </div>
      <section className="redrive" aria-label="Redrive">
        <label className="field" data-invalid={isWrong ? "" : undefined}>
          <span>Change in the config before the next attempt</span>
          <textarea
            rows={2}
            spellCheck={false}
            value={edit}
            placeholder={'{"horizon": 6}, null removes a member; empty leaves it as it is'}
            onChange={(event) => setEdit(event.target.value)}
          />
          {isWrong ? <span className="field-error">{patch}</span> : null}
        </label>
        {page && page.total > 0 ? (
          <ConfirmButton
            label={`Redrive all ${total} matching`}
            confirm={`Yes, all ${total}`}
            disabled={isWrong || isBusy}
            onConfirm={() => !isWrong && run(() => redriveAll(filter, patch))}
          />
        ) : null}
      </section>
      {error ? <ErrorNote error={error} /> : null}
      {done ? <Outcome done={done} /> : null}
      {reading.error ? (
        <ErrorNote error={reading.error} retry={() => void reading.read()} />
      ) : page === undefined ? (
        <Skeleton lines={4} />
      ) : page.jobs.length === 0 ? (
        <Empty title="No failed jobs match" />
      ) : (
        <ul className="list">
          {page.jobs.map((job) => (
            <FailedRow
              key={job.job_id}
              job={job}
              now={now}
              onRedrive={isWrong || isBusy ? undefined : () => one(job, patch)}
            />
          ))}
        </ul>
      )}
      {page && page.total > shown ? (
        <p className="faint">
          The newest {shown} of {total} jobs.
        </p>
      ) : null}
    </div>
  );
}
