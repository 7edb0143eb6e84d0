import type { BatchRequest, UploadedData } from "../wire";

// The form that launches a batch: what it starts with, and what it sends. Pure.

export const models = [
  "seasonal_naive",
  "naive2",
  "ets",
  "theta",
  "arima",
  "ces",
  "mstl",
  "lgt",
  "lsgt",
  "prophet",
  "xgboost",
  "xgboost_global",
  "croston",
  "tsb",
  "ensemble",
] as const;
export const firstModels = ["seasonal_naive", "ets", "theta", "xgboost", "ensemble"] as const;
export const frequencies = ["yearly", "quarterly", "monthly", "weekly", "daily", "hourly"] as const;

export const horizonMax = 10_000;

export interface LaunchForm {
  timeCol: string;
  targetCol: string;
  segmentCol: string; // empty: the data is one series
  horizon: string;
  frequency: string; // empty: inferred
  models: readonly string[];
}

// Fields as problem+json names them.
export type FieldErrors = Partial<Record<string, { message: string; hint?: string }>>;

const guesses = {
  timeCol: /^(ds|date|time|timestamp|datetime|month|week|day|period|year)$/i,
  targetCol: /^(y|value|target|sales|turnover|revenue|amount|demand|quantity|cost|trips)$/i,
  segmentCol: /^(unique_id|segment|segment_id|series|series_id|id|store|region|item|product)$/i,
} as const;

export function guessForm(data: UploadedData): LaunchForm {
  const find = (pattern: RegExp) => data.columns.find((column) => pattern.test(column)) ?? "";
  return {
    timeCol: find(guesses.timeCol),
    targetCol: find(guesses.targetCol),
    segmentCol: find(guesses.segmentCol),
    horizon: "12",
    frequency: "",
    models: [...firstModels],
  };
}

export function checkForm(form: LaunchForm): FieldErrors {
  const errors: FieldErrors = {};
  if (form.timeCol === "") errors["time_col"] = { message: "Choose the column with the dates." };
  if (form.targetCol === "") {
    errors["target_col"] = { message: "Choose the column with the values to forecast." };
  } else if (form.targetCol === form.timeCol) {
    errors["target_col"] = { message: "The values cannot be the dates' column." };
  }
  if (form.segmentCol !== "" && [form.timeCol, form.targetCol].includes(form.segmentCol)) {
    errors["segment_col"] = { message: "This column is already used." };
  }
  const horizon = Number(form.horizon);
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > horizonMax) {
    errors["horizon"] = { message: "Give a whole number of periods from 1 to 10,000." };
  }
  if (form.models.length === 0) errors["models"] = { message: "Choose at least one model." };
  return errors;
}

export function toRequest(data: UploadedData, form: LaunchForm): BatchRequest {
  return {
    config: {
      data_path: data.data_path,
      time_col: form.timeCol,
      target_col: form.targetCol,
      horizon: Number(form.horizon),
      ...(form.segmentCol === "" ? {} : { segment_col: form.segmentCol }),
      ...(form.frequency === "" ? {} : { frequency: form.frequency }),
    },
    models: [...form.models],
  };
}
