import type { ReactNode } from "react";
import {
  frequencies,
  models as knownModels,
  type FieldErrors,
  type LaunchForm,
} from "../lib/launch_form";
import type { UploadedData } from "../wire";

// What is to be forecast from the uploaded data, each field with its error beside it.

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
  children: (props: {
    id: string;
    "aria-describedby": string;
    "aria-invalid": boolean;
  }) => ReactNode;
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

export function Options({
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
