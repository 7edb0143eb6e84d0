import type {
  Batch,
  BatchChanged,
  BatchCreated,
  BatchList,
  BatchRequest,
  Decision,
  Definition,
  ErrorCategory,
  Job,
  JobHistory,
  JobList,
  JobLog,
  JobResults,
  JobsChanged,
  JobsFilter,
  JobStatus,
  Pipeline,
  Problem,
  UploadedData,
} from "../wire";
import { session } from "./session";

// The server's answer to a request it refused, or the reason why it could not be asked.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super(problem.detail ?? problem.title ?? `The server answered with status ${status}.`);
    this.name = "ApiError";
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }
}

const unreachable = () =>
  new ApiError(0, {
    title: "The server cannot be reached",
    detail: "The server cannot be reached.",
    hint: "Check that it is running; this page keeps trying.",
    category: "transient",
  });

export function toError(status: number, body: string): ApiError {
  if (status === 401) session.refused();
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem === "object" && problem !== null) {
      return new ApiError(status, problem as Partial<Problem>);
    }
  } catch {
    // Something between the page and the server answered in its own words.
  }
  return new ApiError(status, {});
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch {
    throw unreachable();
  }
  const text = await answer.text();
  if (!answer.ok) throw toError(answer.status, text);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export interface JobQuery {
  status?: JobStatus;
  category?: ErrorCategory;
  q?: string;
  limit?: number;
  before?: string;
}

function jobQuery(query: JobQuery): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  return params.size > 0 ? `?${params}` : "";
}

export type Automation = "schedules" | "triggers";
export type Patch = Record<string, unknown>;

const changed = (patch: Patch) => (Object.keys(patch).length === 0 ? {} : { config: patch });

export const api = {
  redriveJob: (id: string, patch: Patch) =>
    request<Job>("POST", `/api/v2/jobs/${id}/redrive`, changed(patch)),
  redriveJobs: (filter: JobsFilter, patch: Patch) =>
    request<JobsChanged>("POST", "/api/v2/jobs/redrive", { filter, ...changed(patch) }),
  definitions: (kind: Automation) =>
    request<Record<Automation, Definition[]>>("GET", `/api/v2/${kind}`).then((list) => list[kind]),
  decisions: (kind: Automation, name: string, limit: number) =>
    request<{ decisions: Decision[] }>(
      "GET",
      `/api/v2/${kind}/${name}/decisions?limit=${limit}`,
    ).then((list) => list.decisions),
  act: (kind: Automation, name: string, verb: "pause" | "resume" | "run") =>
    request<unknown>("POST", `/api/v2/${kind}/${name}/${verb}`),
  pipelines: (limit: number) =>
    request<{ pipelines: Pipeline[] }>("GET", `/api/v2/pipelines?limit=${limit}`).then(
      (list) => list.pipelines,
    ),
  changePipeline: (id: string, verb: "cancel" | "retry") =>
    request<Pipeline>("POST", `/api/v2/pipelines/${id}/${verb}`),
  jobs: (query: JobQuery) => request<JobList>("GET", `/api/v2/jobs${jobQuery(query)}`),
  job: (id: string) => request<Job>("GET", `/api/v2/jobs/${id}`),
  history: (id: string) => request<JobHistory>("GET", `/api/v2/jobs/${id}/history`),
  logs: (id: string, after: number) =>
    request<JobLog>("GET", `/api/v2/jobs/${id}/logs?after=${after}&limit=5000`),
  results: (id: string) => request<JobResults>("GET", `/api/v2/jobs/${id}/results`),
  cancelJob: (id: string) => request<Job>("POST", `/api/v2/jobs/${id}/cancel`),
  submitJob: (id: string) => request<Job>("POST", `/api/v2/jobs/${id}/submit`),
  batches: (limit: number) => request<BatchList>("GET", `/api/v2/batches?limit=${limit}`),
  batch: (id: string) => request<Batch>("GET", `/api/v2/batches/${id}`),
  createBatch: (body: BatchRequest) => request<BatchCreated>("POST", "/api/v2/batches", body),
  cancelBatch: (id: string) => request<BatchChanged>("POST", `/api/v2/batches/${id}/cancel`),
  retryFailed: (id: string) => request<BatchChanged>("POST", `/api/v2/batches/${id}/retry-failed`),
};

// fetch cannot report how much of a body was sent, so an upload uses the older interface.
export function upload(
  file: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<UploadedData> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", "/api/v2/data/upload");
    xhr.setRequestHeader("Accept", "application/json");
    xhr.setRequestHeader("Content-Type", "text/csv");
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(JSON.parse(xhr.responseText) as UploadedData);
      } else {
        reject(toError(xhr.status, xhr.responseText));
      }
    };
    xhr.onerror = () => reject(unreachable());
    xhr.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    signal.addEventListener("abort", () => xhr.abort(), { once: true });
    xhr.send(file);
  });
}
