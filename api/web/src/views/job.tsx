import { formatTime, modelNames, segmentName } from "../lib/format";
import { Link } from "../lib/router";
import { useJob } from "../live/live";
import { Icon } from "../ui/icons";
import { Empty, ErrorNote, Skeleton, Status } from "../ui/parts";
import type { Job } from "../wire";
import { JobActions, JobResultsSection, JobSummary, JobTimeline } from "./job_body";
import { JobLogSection } from "./job_log";

function Facts({ job }: { job: Job }) {
  const config = job.config ?? {};
  const facts: [string, string | number | null | undefined][] = [
    ["Horizon", config.horizon],
    ["Frequency", config.frequency],
    ["Created", formatTime(job.created_at)],
    ["Started by", job.cause && `${job.cause.source}, ${job.cause.id}`],
    ["Data", config.data_path],
    ["Artefacts", job.artifact_uri],
    ["Run", job.run_id],
    ["MLflow run", job.mlflow_run_id],
    ["Job", job.job_id],
    ["Correlation", job.correlation_id],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === null || value === undefined || value === "" ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="break">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export function JobView({ id }: { id: string }) {
  const { state: job, error, refresh } = useJob(id);
  if (error?.isNotFound) {
    return (
      <Empty title="There is no such job">
        <p className="muted">It may have been deleted, or it belongs to someone else.</p>
        <Link className="button" data-look="plain" href="/">
          To the overview
        </Link>
      </Empty>
    );
  }
  if (!job) return error ? <ErrorNote error={error} /> : <Skeleton lines={8} />;
  return (
    <div className="page">
      <nav className="crumbs" aria-label="Breadcrumb">
        <Link href={job.batch_id ? `/batches/${job.batch_id}` : "/"}>
          <Icon name="back" size={14} />
          {job.batch_id ? "Batch" : "Overview"}
        </Link>
      </nav>
      <header className="title">
        <div className="title-text">
          <h1 className="break">{segmentName(job.segment_id)}</h1>
          <p className="title-sub">
            <code>{modelNames(job)}</code>
            <Status status={job.status} />
          </p>
        </div>
        <JobActions job={job} onDone={refresh} />
      </header>
      {error ? <ErrorNote error={error} /> : null}
      <div className="columns">
        <div className="stack wide">
          <section className="card" aria-label="Progress">
            <JobSummary job={job} />
          </section>
          <section className="card" aria-labelledby="forecast-title">
            <h2 id="forecast-title">Forecast</h2>
            <JobResultsSection job={job} />
          </section>
          <section className="card" aria-labelledby="log-title">
            <h2 id="log-title">Log</h2>
            <JobLogSection job={job} />
          </section>
        </div>
        <div className="stack">
          <section className="card" aria-labelledby="timeline-title">
            <h2 id="timeline-title">Timeline</h2>
            <JobTimeline job={job} />
          </section>
          <section className="card" aria-labelledby="facts-title">
            <h2 id="facts-title">Details</h2>
            <Facts job={job} />
          </section>
        </div>
      </div>
    </div>
  );
}
