import { useState, type FormEvent } from "react";
import { api, ApiError } from "../lib/api";
import { formatCount, formatShare } from "../lib/format";
import {
  checkForm,
  guessForm,
  toRequest,
  type FieldErrors,
  type LaunchForm,
} from "../lib/launch_form";
import { navigate } from "../lib/router";
import { Icon } from "../ui/icons";
import { Button, ErrorNote, Progress } from "../ui/parts";
import type { UploadedData } from "../wire";
import { Options } from "./launch_options";
import { Dropzone, UploadError, useUpload } from "./launch_upload";

const shownFields = new Set([
  "time_col",
  "target_col",
  "segment_col",
  "horizon",
  "frequency",
  "models",
]);

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
                    : formatShare(sending.sent ?? 0, sending.file.size)}
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
