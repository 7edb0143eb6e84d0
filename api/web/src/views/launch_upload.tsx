import { useRef, useState, type DragEvent } from "react";
import { ApiError, upload } from "../lib/api";
import { Icon } from "../ui/icons";
import type { UploadedData } from "../wire";

// Getting the data to the server: where a file is dropped, how far it is, what was wrong with it.

export function Dropzone({ onFile }: { onFile: (file: File) => void }) {
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

export function useUpload(onDone: (data: UploadedData) => void) {
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

export function UploadError({ error }: { error: unknown }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const message = error instanceof Error ? error.message : "The upload failed.";
  const place = [
    problem?.row === undefined ? "" : `row ${problem.row}`,
    problem?.field ? `column ${problem.field}` : "",
  ].filter((part) => part !== "" && !message.includes(part));
  return (
    <div className="field-error upload-error" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          {message}
          {place.length > 0 ? ` (${place.join(", ")})` : ""}
        </p>
        {problem?.hint ? <p>{problem.hint}</p> : null}
      </div>
    </div>
  );
}
