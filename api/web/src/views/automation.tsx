import { useCallback, useState, type ReactNode } from "react";
import { api, type Automation } from "../lib/api";
import { formatAgo, shortId } from "../lib/format";
import { Link } from "../lib/router";
import { useRead } from "../lib/use_read";
import { useNow } from "../live/live";
import { Button, ConfirmButton, ErrorNote, Skeleton, Status } from "../ui/parts";
import type { Decision, Definition, Pipeline, PipelineStep } from "../wire";

const everyMs = 5_000;
const decisionsShown = 3;
const pipelinesShown = 20;

// What starts by itself: pipelines with their steps, schedules and triggers with what they decided.

interface Told extends Definition {
  decisions: Decision[];
}

async function readAll(kind: Automation): Promise<Told[]> {
  const definitions = await api.definitions(kind);
  return Promise.all(
    definitions.map(async (each) => ({
      ...each,
      decisions: await api.decisions(kind, each.name, decisionsShown),
    })),
  );
}

function Section<T>({
  title,
  empty,
  reading,
  children,
}: {
  title: string;
  empty: string;
  reading: { value: T[] | undefined; error: unknown; read: () => Promise<void> };
  children: (value: T[]) => ReactNode;
}) {
  const { value, error, read } = reading;
  return (
    <section aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
      </div>
      {error ? <ErrorNote error={error} retry={() => void read()} /> : null}
      {value === undefined ? (
        error ? null : (
          <Skeleton lines={2} />
        )
      ) : value.length === 0 ? (
        <p className="muted">{empty}</p>
      ) : (
        <ul className="list">{children(value)}</ul>
      )}
    </section>
  );
}

// Does something, then has the list read again; a refusal stays until the next attempt.
function useAction(read: () => Promise<void>) {
  const [error, setError] = useState<unknown>();
  const act = (what: () => Promise<unknown>) => {
    setError(undefined);
    what().then(read, setError);
  };
  return { error, act };
}

function Step({ step }: { step: PipelineStep }) {
  return (
    <li className="step" title={step.reason ?? undefined}>
      <Status status={step.status} />
      {step.batch_id === null ? (
        <span>{step.name}</span>
      ) : (
        <Link href={`/batches/${step.batch_id}`}>{step.name}</Link>
      )}
      {step.after.length > 0 ? <span className="faint">after {step.after.join(", ")}</span> : null}
      {step.reason === null ? null : <span className="bad clip">{step.reason}</span>}
    </li>
  );
}

function PipelineRow({
  pipeline,
  now,
  read,
}: {
  pipeline: Pipeline;
  now: number;
  read: () => Promise<void>;
}) {
  const { error, act } = useAction(read);
  const change = (verb: "cancel" | "retry") =>
    act(() => api.changePipeline(pipeline.pipeline_id, verb));
  const canRetry = pipeline.status === "failed" || pipeline.status === "cancelled";
  return (
    <li className="told">
      <div className="told-head">
        <Status status={pipeline.status} />
        <span className="row-name">
          {pipeline.name ?? "Pipeline"} <code>{shortId(pipeline.pipeline_id)}</code>
        </span>
        <time className="row-time" dateTime={pipeline.created_at}>
          {formatAgo(pipeline.created_at, now)}
        </time>
        {canRetry ? <Button onClick={() => change("retry")}>Retry what failed</Button> : null}
        {pipeline.status === "running" ? (
          <ConfirmButton
            label="Cancel"
            confirm="Stop what runs"
            onConfirm={() => change("cancel")}
          />
        ) : null}
      </div>
      <ol className="steps">
        {pipeline.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {error ? <ErrorNote error={error} /> : null}
    </li>
  );
}

function whenOf(kind: Automation, definition: Definition): string {
  const { spec } = definition;
  if (kind === "triggers") return `table ${String(spec.table)}`;
  return `${String(spec.cron)} · ${String(spec.timezone ?? "UTC")}`;
}

function DefinitionRow({
  kind,
  definition,
  now,
  read,
}: {
  kind: Automation;
  definition: Told;
  now: number;
  read: () => Promise<void>;
}) {
  const { error, act } = useAction(read);
  const isPaused = definition.spec.enabled === false;
  const verb = isPaused ? "resume" : "pause";
  return (
    <li className="told">
      <div className="told-head">
        <span className="row-name">{definition.name}</span>
        <code className="muted">{whenOf(kind, definition)}</code>
        <span className="row-time">
          {isPaused
            ? "paused"
            : definition.due_at === null
              ? "watching"
              : `next ${new Date(definition.due_at).toLocaleString()}`}
        </span>
        {kind === "schedules" ? (
          <Button onClick={() => act(() => api.act(kind, definition.name, "run"))}>Run now</Button>
        ) : null}
        <Button onClick={() => act(() => api.act(kind, definition.name, verb))}>
          {isPaused ? "Resume" : "Pause"}
        </Button>
      </div>
      <ol className="steps">
        {definition.decisions.map((decision) => (
          <li className="step" key={decision.id}>
            <span className={decision.outcome === "failed" ? "bad" : undefined}>
              {decision.outcome}
            </span>
            <span className="muted clip">{decision.reason}</span>
            <time className="faint" dateTime={decision.at}>
              {formatAgo(decision.at, now)}
            </time>
          </li>
        ))}
      </ol>
      {error ? <ErrorNote error={error} /> : null}
    </li>
  );
}

function Definitions({ kind, title, now }: { kind: Automation; title: string; now: number }) {
  const reading = useRead(
    useCallback(() => readAll(kind), [kind]),
    everyMs,
  );
  return (
    <Section
      title={title}
      empty={`None. Put one with \`trainyard ${kind} put NAME FILE\`.`}
      reading={reading}
    >
      {(definitions) =>
        definitions.map((each) => (
          <DefinitionRow
            key={each.name}
            kind={kind}
            definition={each}
            now={now}
            read={reading.read}
          />
        ))
      }
    </Section>
  );
}

export function AutomationView() {
  const now = useNow(5_000);
  const pipelines = useRead(
    useCallback(() => api.pipelines(pipelinesShown), []),
    everyMs,
  );
  return (
    <div className="page">
      <h1>Automation</h1>
      <Section
        title="Pipelines"
        empty="None. Begin one with `trainyard pipelines create FILE`."
        reading={pipelines}
      >
        {(list) =>
          list.map((each) => (
            <PipelineRow key={each.pipeline_id} pipeline={each} now={now} read={pipelines.read} />
          ))
        }
      </Section>
      <Definitions kind="schedules" title="Schedules" now={now} />
      <Definitions kind="triggers" title="Triggers" now={now} />
    </div>
  );
}
