import { useRef, useState, type DragEvent, type FormEvent, type ReactNode } from "react";
import { api, ApiError, upload } from "../lib/api";
import { formatBytes, formatCount } from "../lib/format";
import {
  checkForm,
  frequencies,
  guessForm,
  models as knownModels,
  toRequest,
  type FieldErrors,
  type LaunchForm,
} from "../lib/launch_form";
import { navigate } from "../lib/router";
import { Icon } from "../ui/icons";
import { Button, ErrorNote, Progress } from "../ui/parts";
import type { UploadedData } from "../wire";

const shownFields = new Set([
  "time_col",
  "target_col",
  "segment_col",
  "horizon",
  "frequency",
  "models",
]);

function Field({
  name,
  label,
  help,
  errors,
  children,
}: {
  name: string;
  label: string;
  help?: string;
  errors: FieldErrors;
  children: (props: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}) {
  const error = errors[name];
  const noteId = `${name}-note`;
  return (
    <div className="field" data-invalid={error !== undefined || undefined}>
      <label htmlFor={name}>{label}</label>
      {children({ id: name, "aria-describedby": noteId, "aria-invalid": error !== undefined })}
      <p id={noteId} className={error ? "field-error" : "field-help"} role={error && "alert"}>
        {error ? `${error.message}${error.hint ? ` ${error.hint}` : ""}` : help}
      </p>
    </div>
  );
}

function Dropzone({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <div
      className="drop"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" size={24} />
      <p>
        Drop a CSV file here, or{" "}
        <button type="button" className="text-button" onClick={() => input.current?.click()}>
          choose one
        </button>
      </p>
      <p className="faint">One row per date and segment, with a header line.</p>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        aria-label="CSV file"
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </div>
  );
}

function useUpload(onDone: (data: UploadedData) => void) {
  const [file, setFile] = useState<File>();
  const [sent, setSent] = useState<number>();
  const [error, setError] = useState<unknown>();
  const abort = useRef<AbortController>();
  const start = async (chosen: File) => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setFile(chosen);
    setSent(0);
    setError(undefined);
    try {
      onDone(await upload(chosen, setSent, controller.signal));
    } catch (problem) {
      if (controller.signal.aborted) return;
      setError(problem);
    }
    setSent(undefined);
  };
  const clear = () => {
    abort.current?.abort();
    setFile(undefined);
    setSent(undefined);
    setError(undefined);
  };
  return { file, sent, error, start, clear };
}

function UploadError({ error }: { error: unknown }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const place = [
    problem?.row === undefined ? "" : `row ${problem.row}`,
    problem?.field ? `column ${problem.field}` : "",
  ].filter((part) => part !== "");
  return (
    <div className="field-error upload-error" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          {error instanceof Error ? error.message : "The upload failed."}
          {place.length > 0 ? ` (${place.join(", ")})` : ""}
        </p>
        {problem?.hint ? <p>{problem.hint}</p> : null}
      </div>
    </div>
  );
}

function Options({
  data,
  form,
  errors,
  onChange,
}: {
  data: UploadedData;
  form: LaunchForm;
  errors: FieldErrors;
  onChange: (change: Partial<LaunchForm>) => void;
}) {
  const columns = (none: string) => (
    <>
      <option value="">{none}</option>
      {data.columns.map((column) => (
        <option key={column}>{column}</option>
      ))}
    </>
  );
  const toggle = (model: string) =>
    onChange({
      models: form.models.includes(model)
        ? form.models.filter((each) => each !== model)
        : knownModels.filter((each) => each === model || form.models.includes(each)),
    });
  return (
    <>
      <section className="card stack">
        <h2>Columns</h2>
        <div className="fields">
          <Field name="time_col" label="Date" errors={errors}>
            {(props) => (
              <select
                {...props}
                value={form.timeCol}
                onChange={(event) => onChange({ timeCol: event.target.value })}
              >
                {columns("Choose…")}
              </select>
            )}
          </Field>
          <Field name="target_col" label="Value to forecast" errors={errors}>
            {(props) => (
              <select
                {...props}
                value={form.targetCol}
                onChange={(event) => onChange({ targetCol: event.target.value })}
              >
                {columns("Choose…")}
              </select>
            )}
          </Field>
          <Field
            name="segment_col"
            label="Segment"
            help="One series is trained per value of this column."
            errors={errors}
          >
            {(props) => (
              <select
                {...props}
                value={form.segmentCol}
                onChange={(event) => onChange({ segmentCol: event.target.value })}
              >
                {columns("None: one series")}
              </select>
            )}
          </Field>
        </div>
      </section>
      <section className="card stack">
        <h2>Forecast</h2>
        <div className="fields">
          <Field name="horizon" label="Horizon" help="Periods to look ahead." errors={errors}>
            {(props) => (
              <input
                {...props}
                inputMode="numeric"
                value={form.horizon}
                onChange={(event) => onChange({ horizon: event.target.value })}
              />
            )}
          </Field>
          <Field name="frequency" label="Frequency" errors={errors}>
            {(props) => (
              <select
                {...props}
                value={form.frequency}
                onChange={(event) => onChange({ frequency: event.target.value })}
              >
                <option value="">From the dates</option>
                {frequencies.map((each) => (
                  <option key={each} value={each}>
                    {each.charAt(0).toUpperCase() + each.slice(1)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <fieldset className="field" aria-describedby="models-note">
          <legend>Models</legend>
          <div className="checks">
            {knownModels.map((model) => (
              <label key={model} className="check">
                <input
                  type="checkbox"
                  checked={form.models.includes(model)}
                  onChange={() => toggle(model)}
                />
                <code>{model}</code>
              </label>
            ))}
          </div>
          <p
            id="models-note"
            className={errors["models"] ? "field-error" : "field-help"}
            role={errors["models"] && "alert"}
          >
            {errors["models"]?.message ?? "Each is tried on every segment; the best one is marked."}
          </p>
        </fieldset>
      </section>
    </>
  );
}

export function LaunchView() {
  const [data, setData] = useState<UploadedData>();
  const [form, setForm] = useState<LaunchForm>();
  const [errors, setErrors] = useState<FieldErrors>({});
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const sending = useUpload((uploaded) => {
    setData(uploaded);
    setForm(guessForm(uploaded));
    setErrors({});
    setRefused(undefined);
  });

  const launch = async (event: FormEvent) => {
    event.preventDefault();
    if (!data || !form) return;
    const found = checkForm(form);
    setErrors(found);
    setRefused(undefined);
    const first = Object.keys(found)[0];
    if (first !== undefined) {
      document.getElementById(first)?.focus();
      return;
    }
    setBusy(true);
    try {
      const batch = await api.createBatch(toRequest(data, form));
      navigate(`/batches/${batch.batch_id}`);
    } catch (problem) {
      setBusy(false);
      const field = problem instanceof ApiError ? problem.problem.field : undefined;
      if (problem instanceof ApiError && field !== undefined && shownFields.has(field)) {
        setErrors({ [field]: { message: problem.message, hint: problem.problem.hint } });
        document.getElementById(field)?.focus();
      } else {
        setRefused(problem);
      }
    }
  };

  return (
    <form className="page narrow" onSubmit={(event) => void launch(event)} noValidate>
      <header className="title">
        <div className="title-text">
          <h1>New forecast</h1>
          <p className="muted">Every model you choose is trained on every segment of your data.</p>
        </div>
      </header>
      <section className="card stack">
        <h2>Data</h2>
        {sending.file && !sending.error ? (
          <div className="file">
            <Icon name="file" size={20} />
            <div className="file-text">
              <p className="clip">{sending.file.name}</p>
              <p className="faint num">
                {data && sending.sent === undefined
                  ? `${formatCount(data.rows)} rows · ${data.columns.length} columns`
                  : sending.sent === 1
                    ? "Reading…"
                    : `${formatBytes((sending.sent ?? 0) * sending.file.size)} of ${formatBytes(sending.file.size)}`}
              </p>
              {sending.sent !== undefined ? (
                <Progress value={sending.sent * 100} status="running" label="Upload" />
              ) : null}
            </div>
            <Button
              onClick={() => {
                sending.clear();
                setData(undefined);
                setForm(undefined);
              }}
            >
              {sending.sent === undefined ? "Replace" : "Stop"}
            </Button>
          </div>
        ) : (
          <Dropzone
            onFile={(file) => {
              setData(undefined);
              setForm(undefined);
              void sending.start(file);
            }}
          />
        )}
        {sending.error ? <UploadError error={sending.error} /> : null}
      </section>
      {data && form ? (
        <>
          <Options
            data={data}
            form={form}
            errors={errors}
            onChange={(change) => {
              setForm({ ...form, ...change });
              setErrors({});
            }}
          />
          {refused ? <ErrorNote error={refused} /> : null}
          <div className="form-end">
            <Button look="primary" type="submit" disabled={busy}>
              {busy ? "Launching…" : "Launch"}
            </Button>
          </div>
        </>
      ) : null}
    </form>
  );
}
