import { useEffect, useMemo, useState } from "react";
import { api, ApiError } from "../lib/api";
import {
  formatMetric,
  formatNumber,
  formatPeriod,
  isBetter,
  metricWords,
  segmentName,
} from "../lib/format";
import { Icon } from "../ui/icons";
import { ForecastChart, type Series } from "../ui/forecast_chart";
import { ErrorNote, Segmented, Select, Skeleton } from "../ui/parts";
import { BacktestTable, FailedModels } from "./job_backtest";
import { JobInsight } from "./job_insight";
import {
  metricNames,
  type ForecastPoint,
  type Job,
  type JobResults,
  type MetricsByModel,
  type SegmentResults,
} from "../wire";

// What a completed job brought: the forecast drawn and as a table, and the metrics of its models.

function segmentsOf(job: Job, { results }: JobResults): [string, SegmentResults][] {
  if (results === null) return [];
  const all: [string, SegmentResults][] =
    "segments" in results
      ? Object.entries(results.segments)
      : [[segmentName(job.segment_id), results]];
  return all.filter(([, each]) => Array.isArray(each.forecast)); // a drill has none
}

// Of several levels, the first: the one that the best forecast is given at.
function atFirstLevel(points: readonly ForecastPoint[]): ForecastPoint[] {
  const level = points[0]?.level;
  return points.filter((point) => point.level === level);
}

function seriesOf(results: SegmentResults, chosen: string): Series[] {
  const own = Object.entries(results.models ?? {})
    .map(([model, each]) => ({ model, points: atFirstLevel(each.forecast ?? []) }))
    .filter((each) => each.points.length > 0);
  const best = results.best_model ?? "forecast";
  if (!own.some((each) => each.model === best) && results.forecast.length > 0) {
    own.unshift({ model: best, points: results.forecast });
  }
  return own.map((each) => ({ ...each, isMain: each.model === chosen }));
}

export function MetricsTable({ metrics, best }: { metrics: MetricsByModel; best: string | null }) {
  const models = Object.entries(metrics).sort(([, a], [, b]) => {
    const x = a.mape ?? Number.POSITIVE_INFINITY;
    const y = b.mape ?? Number.POSITIVE_INFINITY;
    return x === y ? 0 : isBetter("mape", x, y) ? -1 : 1;
  });
  if (models.length === 0) return <p className="muted">No metrics: the history was too short.</p>;
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Model</th>
            {metricNames.map((name) => (
              <th key={name} scope="col" className="end">
                {metricWords[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map(([model, figures]) => (
            <tr key={model} data-best={model === best || undefined}>
              <th scope="row">
                <code>{model}</code>
                {model === best && models.length > 1 ? (
                  <span className="tag">
                    <Icon name="star" size={12} /> best
                  </span>
                ) : null}
              </th>
              {metricNames.map((name) => (
                <td key={name} className="num">
                  {formatMetric(name, figures[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ForecastTable({ points }: { points: readonly ForecastPoint[] }) {
  return (
    <details className="details">
      <summary>Forecast as a table</summary>
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Period</th>
              <th scope="col" className="end">
                Lower
              </th>
              <th scope="col" className="end">
                Forecast
              </th>
              <th scope="col" className="end">
                Upper
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.ds}>
                <th scope="row">{formatPeriod(point.ds)}</th>
                <td className="num">{formatNumber(point.yhat_lower)}</td>
                <td className="num">{formatNumber(point.yhat)}</td>
                <td className="num">{formatNumber(point.yhat_upper)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function SegmentForecast({ results, level }: { results: SegmentResults; level: number }) {
  const best = results.best_model ?? "forecast";
  const [wanted, setWanted] = useState<string>();
  const chosen = wanted ?? best;
  const series = useMemo(() => seriesOf(results, chosen), [results, chosen]);
  const main = series.find((each) => each.isMain) ?? series[0];
  return (
    <>
      {series.length > 1 ? (
        <Segmented
          label="Model drawn with its interval"
          value={main?.model ?? best}
          onChange={setWanted}
          choices={series.map(({ model }) => ({ value: model, label: model }))}
        />
      ) : null}
      {main ? (
        <>
          <ForecastChart
            series={series}
            history={results.history ?? []}
            anomalies={results.anomalies?.listed ?? []}
            level={main.points[0]?.level ?? level}
          />
          <ForecastTable points={main.points} />
        </>
      ) : (
        <p className="muted">{results.error?.detail ?? "There is no forecast."}</p>
      )}
    </>
  );
}

export function JobForecast({ job }: { job: Job }) {
  const [read, setRead] = useState<JobResults>();
  const [error, setError] = useState<ApiError>();
  const [segment, setSegment] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    api.results(job.job_id).then(
      (results) => isCurrent && setRead(results),
      (problem: unknown) => isCurrent && problem instanceof ApiError && setError(problem),
    );
    return () => {
      isCurrent = false;
    };
  }, [job.job_id, job.version]);

  if (error) return <ErrorNote error={error} />;
  if (!read) return <Skeleton lines={4} />;
  const segments = segmentsOf(job, read);
  const [name, results] = segments.find(([each]) => each === segment) ?? segments[0] ?? [];
  if (!name || !results) return <p className="muted">The job completed without a forecast.</p>;
  return (
    <div className="stack">
      {segments.length > 1 ? (
        <Select
          label="Segment"
          value={name}
          onChange={setSegment}
          choices={segments.map(([each]) => ({ value: each, label: each }))}
        />
      ) : null}
      <SegmentForecast key={name} results={results} level={job.config?.level ?? 95} />
      <h3>Accuracy in backtests</h3>
      <MetricsTable metrics={results.metrics} best={results.best_model} />
      <FailedModels models={results.models ?? {}} />
      <BacktestTable
        model={results.best_model ?? ""}
        folds={results.models?.[results.best_model ?? ""]?.backtest ?? []}
      />
      <JobInsight results={results} />
    </div>
  );
}
