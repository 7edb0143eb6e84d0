import { useEffect, useState, type ButtonHTMLAttributes, type ReactNode } from "react";
import { ApiError } from "../lib/api";
import { statusWord, type AnyStatus } from "../lib/format";
import { useConnection } from "../live/live";
import type { BatchStatus, JobStatus } from "../wire";
import { Icon } from "./icons";

// Small parts that every view is made of.

export function Status({ status }: { status: AnyStatus }) {
  return (
    <span className="status" data-status={status}>
      <span className="status-dot" aria-hidden="true" />
      {statusWord(status)}
    </span>
  );
}

export function Progress({
  value,
  label,
  status,
  size = "normal",
}: {
  value: number;
  label: string;
  status: JobStatus | BatchStatus;
  size?: "normal" | "large";
}) {
  return (
    <div
      className="progress"
      data-status={status}
      data-size={size}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value)}
    >
      <div className="progress-bar" style={{ transform: `scaleX(${value / 100})` }} />
    </div>
  );
}

export function Button({
  look = "plain",
  icon,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "plain" | "primary" | "danger" | "quiet";
  icon?: ReactNode;
}) {
  return (
    <button type="button" className="button" data-look={look} {...rest}>
      {icon}
      {children}
    </button>
  );
}

// Asks before it does what cannot be undone: the first press arms it, the second acts.
export function ConfirmButton({
  label,
  confirm,
  onConfirm,
  disabled,
}: {
  label: string;
  confirm: string;
  onConfirm: () => void;
  disabled?: boolean;
}) {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!armed) return;
    const timer = setTimeout(() => setArmed(false), 4000);
    return () => clearTimeout(timer);
  }, [armed]);
  return (
    <Button
      look={armed ? "danger" : "plain"}
      disabled={disabled}
      onBlur={() => setArmed(false)}
      onKeyDown={(event) => event.key === "Escape" && setArmed(false)}
      onClick={() => {
        if (armed) onConfirm();
        setArmed(!armed);
      }}
    >
      {armed ? confirm : label}
    </Button>
  );
}

export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : undefined;
  const title = known?.problem.title;
  const detail = error instanceof Error ? error.message : "Something went wrong.";
  return (
    <div className="note" data-tone="bad" role="alert">
      <Icon name="warning" />
      <div>
        <p className="note-title">{title && title !== detail ? title : "This did not work"}</p>
        <p>{detail}</p>
        {known?.problem.hint ? <p className="muted">{known.problem.hint}</p> : null}
        {known?.problem.correlation_id ? (
          <p className="faint">Request {known.problem.correlation_id}</p>
        ) : null}
      </div>
      {retry ? <Button onClick={retry}>Try again</Button> : null}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name="empty" />
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Skeleton({ lines }: { lines: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const connectionWords = {
  connecting: ["Connecting", "Opening the live connection."],
  live: ["Live", "Changes arrive as they happen."],
  down: ["Reconnecting", "No live connection. The page asks every few seconds meanwhile."],
} as const;

export function ConnectionBadge() {
  const state = useConnection();
  const [word, hint] = connectionWords[state];
  return (
    <span className="connection" data-state={state} title={hint} role="status">
      <span className="status-dot" aria-hidden="true" />
      {word}
    </span>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
  count?: number;
}

export function Segmented<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
          {choice.count === undefined ? null : <span className="count">{choice.count}</span>}
        </button>
      ))}
    </div>
  );
}

export function Select<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <label className="select">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value as T)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}
