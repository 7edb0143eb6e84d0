import { useEffect, useRef } from "react";
import { modelNames, segmentName } from "../lib/format";
import { Link } from "../lib/router";
import { useJob } from "../live/live";
import { Icon } from "../ui/icons";
import { ErrorNote, Skeleton, Status } from "../ui/parts";
import { JobActions, JobResultsSection, JobSummary } from "./job_body";

// One cell of the matrix, looked at closely while the matrix stays in sight.

export function JobPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { state: job, error, refresh } = useJob(id);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <aside
      className="panel"
      ref={panel}
      tabIndex={-1}
      aria-label="Job"
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <header className="panel-head">
        <div className="title-text">
          <h2 className="break">{job ? segmentName(job.segment_id) : "Job"}</h2>
          {job ? (
            <p className="title-sub">
              <code>{modelNames(job)}</code>
              <Status status={job.status} />
            </p>
          ) : null}
        </div>
        <Link className="icon-button" href={`/jobs/${id}`} aria-label="Open the job's page">
          <Icon name="open" />
        </Link>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {error ? <ErrorNote error={error} /> : null}
      {job ? (
        <div className="stack">
          <JobSummary job={job} />
          <JobActions job={job} onDone={refresh} />
          <JobResultsSection job={job} />
        </div>
      ) : error ? null : (
        <Skeleton lines={6} />
      )}
    </aside>
  );
}
