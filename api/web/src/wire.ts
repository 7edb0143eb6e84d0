// What travels between the page and the server: one type per body and message, named as on the
// wire. Absent values are null.

export const jobStatuses = [
  "pending",
  "submitting",
  "running",
  "completed",
  "failed",
  "cancelling",
  "cancelled",
] as const;
export type JobStatus = (typeof jobStatuses)[number];

export type BatchStatus = "running" | "completed" | "partial" | "failed" | "cancelled";
export type ErrorCategory = "transient" | "cluster" | "data" | "config" | "permanent";

export const metricNames = ["mape", "smape", "mase", "rmse", "mae", "coverage"] as const;
export type MetricName = (typeof metricNames)[number];
export type ModelMetrics = Partial<Record<MetricName, number | null>> & { is_best?: true };
export type MetricsByModel = Record<string, ModelMetrics>;

// A job as a cell of a batch shows it. `Job` has all of this and more.
export interface JobCell {
  job_id: string;
  segment_id: string | null;
  model: string | null;
  status: JobStatus;
  progress: number;
  current_step: string | null;
  version: number;
  attempt: number;
  retry_count: number;
  started_at: string | null;
  completed_at: string | null;
  metrics: MetricsByModel | null;
  error: string | null;
  error_category: ErrorCategory | null;
}

// What started a job by itself: an event, a schedule, a trigger.
export interface Cause {
  id: string;
  source: string;
  subject: string;
  type: string;
}

export interface Job extends JobCell {
  batch_id: string | null;
  run_id: string | null;
  user_id: string;
  created_at: string;
  updated_at: string;
  submitted_at: string | null;
  next_attempt_at: string | null;
  mlflow_run_id: string | null;
  checkpoint_path: string | null;
  interruptions: number;
  priority: number;
  artifact_uri: string | null;
  eta_seconds: number | null;
  correlation_id: string | null;
  cause?: Cause | null;
  config?: JobConfig | null;
  cluster_config?: Record<string, unknown> | null;
}

export interface JobConfig {
  data_path?: string;
  target_col?: string;
  time_col?: string;
  segment_col?: string;
  segment_id?: string;
  horizon?: number;
  frequency?: string;
  models?: string[];
  level?: number;
  metric?: MetricName;
}

export interface JobList {
  jobs: Job[];
  total: number;
  total_is_exact: boolean;
  has_more: boolean;
}

export interface BatchCounts {
  total: number;
  completed: number;
  failed: number;
  running: number;
  pending: number;
  cancelled: number;
  progress: number;
}

export interface BatchSummary extends BatchCounts {
  batch_id: string;
  status: BatchStatus;
  created_at: string;
}

export interface BatchList {
  batches: BatchSummary[];
  total: number;
  has_more: boolean;
}

export interface BatchSegment {
  segment_id: string | null;
  status: BatchStatus;
  best_model: string | null;
  metrics: MetricsByModel | null;
  jobs: JobCell[];
}

export interface Batch extends BatchSummary {
  completed_at: string | null;
  eta_seconds: number | null;
  config: JobConfig | null;
  segments: BatchSegment[]; // a page of them
  segments_total?: number;
  has_more?: boolean;
}

export interface BatchRequest {
  config: JobConfig;
  models: string[];
  segments?: string[];
}

export interface BatchCreated {
  batch_id: string;
  status: BatchStatus;
  total_jobs: number;
}

export interface BatchChanged extends BatchCounts {
  batch_id: string;
  status: BatchStatus;
  cancel_requested?: number;
  retried?: number;
}

export interface HistoryEntry {
  version: number;
  event: string;
  from: JobStatus | null;
  to: JobStatus;
  at: string;
  attempt: number;
  worker_id: string | null;
  detail: string | null;
  category: ErrorCategory | null;
}

export interface JobHistory {
  job_id: string;
  events: HistoryEntry[];
}

export interface Observation {
  ds: string;
  y: number | null;
}

export interface ForecastPoint {
  ds: string;
  yhat: number | null;
  yhat_lower: number | null;
  yhat_upper: number | null;
  level?: number;
}

export interface ModelResults {
  status?: "completed" | "failed";
  reason?: string | null;
  category?: ErrorCategory | null;
  description?: string | null;
  metrics?: ModelMetrics;
  coverage?: LevelCoverage[];
  backtest?: Fold[]; // oldest first
  forecast?: ForecastPoint[] | null; // one row per date and level
}

// One origin of a backtest.
export interface Fold {
  origin: string; // of the last value learned from
  trained_on: number;
  status: "completed" | "failed";
  reason: string | null;
  metrics: ModelMetrics;
}

// Percent of the tested values that intervals of a level held.
export interface LevelCoverage {
  level: number;
  reached: number;
}

export interface Anomaly {
  ds: string;
  value: number;
  expected: number;
  score: number; // robust standard deviations
  direction: "high" | "low";
}

export interface Anomalies {
  threshold: number;
  judged: number;
  count: number; // more than are listed, when there are very many
  listed: Anomaly[];
  reason: string | null; // why none were looked for
}

// A part of the best model in units of the data, one value per period of the history.
export interface Component {
  name: string;
  values: number[];
  mean_absolute: number;
  variance_share: number | null; // percent
}

export interface Explanation {
  model: string;
  components: Component[];
}

export interface DataQuality {
  tested_values?: number;
  backtest_windows?: number;
  warnings?: string[];
}

export interface SegmentResults {
  best_model: string | null;
  metrics: MetricsByModel;
  forecast: ForecastPoint[];
  artifact_uri?: string | null;
  status?: "completed" | "failed";
  error?: { detail: string; hint?: string | null } | null;
  models?: Record<string, ModelResults>;
  history?: Observation[];
  anomalies?: Anomalies | null;
  explanation?: Explanation | null;
  data_quality?: DataQuality;
}

export interface JobResults {
  job_id: string;
  status: JobStatus;
  mlflow_run_id: string | null;
  // One segment's results themselves, or those of each segment.
  results: SegmentResults | { segments: Record<string, SegmentResults> } | null;
}

export interface UploadedData {
  data_path: string;
  rows: number;
  columns: string[];
}

// application/problem+json
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  category: ErrorCategory;
  field?: string;
  row?: number;
  hint?: string;
  correlation_id?: string;
}

// What starts by itself

export interface Definition {
  name: string;
  spec: Record<string, unknown>;
  due_at: string | null;
  updated_at: string;
}

export interface Decision {
  id: number;
  at: string;
  outcome: string;
  reason: string;
}

export type PipelineStatus = "running" | "cancelling" | "completed" | "failed" | "cancelled";
export type StepStatus =
  | PipelineStatus
  | "waiting"
  | "starting"
  | "retrying"
  | "stopping"
  | "skipped";

export interface PipelineStep {
  name: string;
  after: string[];
  status: StepStatus;
  reason: string | null;
  attempt: number;
  batch_id: string | null;
}

export interface Pipeline {
  pipeline_id: string;
  name: string | null;
  status: PipelineStatus;
  created_at: string;
  steps: PipelineStep[];
}

// Changing many jobs

export interface JobsFilter {
  status: JobStatus;
  category?: ErrorCategory;
  q?: string;
  before?: string;
}

export interface JobsChanged {
  matched: number;
  changed: number;
  refused: number;
  errors: { job_id: string; error: Problem }[];
  has_more: boolean;
  next: string | null;
}

// Live

export interface Position {
  epoch: string | number;
  offset: unknown;
}

// `data` of every transition of a job.
export interface JobTransition {
  event: string;
  job_id: string;
  batch_id: string | null;
  user_id: string;
  segment_id: string | null;
  model: string | null;
  version: number;
  from: JobStatus | null;
  status: JobStatus;
  progress: number;
  current_step: string | null;
  attempt: number;
  retry_count: number;
  at: string;
  error?: string | null;
  category?: ErrorCategory | null;
  cause?: Cause | null;
  metrics?: MetricsByModel | null;
  next_attempt_at?: string | null;
}

// `data` of job.progress: measured progress of the attempt under `fence`, numbered by `n`.
export interface JobProgress {
  event: "JOB_PROGRESS";
  job_id: string;
  batch_id: string | null;
  user_id: string;
  segment_id: string | null;
  model: string | null;
  fence: number;
  n: number;
  progress: number;
  current_step: string | null;
  metrics?: MetricsByModel | null;
  at: string;
}

export type JobEvent = JobTransition | JobProgress;

export interface LogLine {
  seq: number; // rises by one from line to line of an attempt
  at: string;
  attempt: number;
  level: "info" | "warning" | "error" | "output";
  line: string;
}

export interface JobLog {
  job_id: string;
  lines: LogLine[];
  next: number;
  has_more: boolean;
}

// `data` of job.log, which says nothing about the job's state.
export interface JobLogEvent {
  event: "JOB_LOG";
  job_id: string;
  attempt: number;
  lines: LogLine[];
  at: string;
}

export function isAboutJob(event: JobEvent | JobLogEvent): event is JobEvent {
  return event.event !== "JOB_LOG";
}

export function isProgress(event: JobEvent): event is JobProgress {
  return event.event === "JOB_PROGRESS";
}

export type ClientMessage =
  | { op: "subscribe"; id: number; topic: string; since?: Position }
  | { op: "unsubscribe"; topic: string }
  | { op: "ping" };

export type ServerMessage =
  | {
      op: "subscribed";
      id: number;
      topic: string;
      recovered: boolean;
      position: Position | null;
      snapshot?: unknown;
    }
  | { op: "event"; topic: string; position: Position; type: string; data: unknown }
  | { op: "error"; id?: number; topic?: string; code?: string; detail?: string }
  | { op: "closing"; reason: string; retry_after_ms?: number }
  | { op: "pong" };
