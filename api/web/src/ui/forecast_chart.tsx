import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { formatNumber, formatPeriod } from "../lib/format";
import { bandPath, formatTick, linearScale, linePath, niceTicks, pickEvenly } from "../lib/scale";
import type { Anomaly, ForecastPoint, Observation } from "../wire";
import { useWidth } from "./use_width";

// A forecast with its interval, after the history if there is one, whose anomalies are marked.
// Drawn at the size it has on screen; periods are spaced evenly, as forecasts are. The same figures
// are in tables beside it.

export interface Series {
  model: string;
  points: readonly ForecastPoint[];
  isMain: boolean; // drawn with its interval
}

const height = 300;
const margin = { top: 12, right: 16, bottom: 28, left: 56 };

function extent(series: readonly Series[], history: readonly Observation[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const see = (value: number | null) => {
    if (value === null || !Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { y } of history) see(y);
  for (const { points, isMain } of series) {
    for (const point of points) {
      see(point.yhat);
      if (isMain) {
        see(point.yhat_lower);
        see(point.yhat_upper);
      }
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

export function ForecastChart({
  series,
  history,
  anomalies,
  level,
}: {
  series: readonly Series[];
  history: readonly Observation[];
  anomalies: readonly Anomaly[];
  level: number;
}) {
  const [box, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const titleId = useId();

  const periods = useMemo(() => {
    const all = new Set(history.map((each) => each.ds));
    for (const { points } of series) for (const { ds } of points) all.add(ds);
    return [...all];
  }, [series, history]);
  const index = useMemo(() => new Map(periods.map((ds, i) => [ds, i])), [periods]);

  const main = series.find((each) => each.isMain) ?? series[0];
  if (!main || periods.length === 0) return null;
  const [low, high] = extent(series, history);
  const ticks = niceTicks(low, high, 5);
  const y = linearScale(
    [ticks[0] ?? low, ticks[ticks.length - 1] ?? high],
    [height - margin.bottom, margin.top],
  );
  const x = linearScale([0, Math.max(1, periods.length - 1)], [margin.left, width - margin.right]);
  const place = (ds: string) => x(index.get(ds) ?? 0);
  const labels = pickEvenly(periods.length, Math.floor((width - margin.left) / 112));
  const band = main.points.flatMap(({ ds, yhat_lower, yhat_upper }) =>
    yhat_lower === null || yhat_upper === null
      ? []
      : [{ x: place(ds), low: y(yhat_lower), high: y(yhat_upper) }],
  );
  const line = (points: readonly ForecastPoint[]) =>
    linePath(points.map(({ ds, yhat }) => ({ x: place(ds), y: yhat === null ? null : y(yhat) })));

  const ds = at === null ? undefined : periods[at];
  const shown = ds === undefined ? undefined : main.points.find((point) => point.ds === ds);
  const actual = ds === undefined ? undefined : history.find((each) => each.ds === ds);
  const odd = anomalies.filter((each) => index.has(each.ds));
  const oddHere = odd.find((each) => each.ds === ds);
  const pointed = shown?.yhat ?? actual?.y ?? null;

  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -periods.length, End: periods.length };
    const by = step[event.key as keyof typeof step];
    if (by === undefined) {
      if (event.key === "Escape") setAt(null);
      return;
    }
    event.preventDefault();
    const from = at ?? (by > 0 ? -1 : periods.length);
    setAt(Math.min(periods.length - 1, Math.max(0, from + by)));
  };
  const onPointer = (clientX: number, left: number) => {
    const share = (clientX - left - margin.left) / (width - margin.left - margin.right);
    const nearest = Math.round(share * (periods.length - 1));
    setAt(Math.min(periods.length - 1, Math.max(0, nearest)));
  };
  const tipLeft = at === null ? 0 : Math.min(Math.max(x(at), 96), width - 96);

  return (
    <div className="chart" ref={box}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-labelledby={titleId}
        tabIndex={0}
        onKeyDown={onKey}
        onBlur={() => setAt(null)}
        onPointerMove={(event) =>
          onPointer(event.clientX, event.currentTarget.getBoundingClientRect().left)
        }
        onPointerLeave={() => setAt(null)}
      >
        <title id={titleId}>
          {`Forecast of ${main.model} over ${main.points.length} periods with its ${level} % ` +
            "interval. Arrow keys read single periods."}
        </title>
        <g className="chart-grid">
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text x={margin.left - 10} y={y(tick)} dy="0.32em" textAnchor="end">
                {formatTick(tick)}
              </text>
            </g>
          ))}
          {labels.map((label) => (
            <text
              key={label}
              x={x(label)}
              y={height - 8}
              textAnchor={label === 0 ? "start" : "middle"}
            >
              {formatPeriod(periods[label] ?? "")}
            </text>
          ))}
        </g>
        <path className="chart-band" data-testid="interval" d={bandPath(band)} />
        <path
          className="chart-history"
          data-testid="history"
          d={linePath(
            history.map((each) => ({ x: place(each.ds), y: each.y === null ? null : y(each.y) })),
          )}
        />
        {series
          .filter((each) => each !== main)
          .map((each) => (
            <path key={each.model} className="chart-other" d={line(each.points)} />
          ))}
        <path className="chart-line" data-testid="forecast" d={line(main.points)} />
        {odd.map((each) => (
          <circle
            key={each.ds}
            className="chart-anomaly"
            data-testid="anomaly"
            cx={place(each.ds)}
            cy={y(each.value)}
            r="4.5"
          />
        ))}
        {at !== null ? (
          <g className="chart-cursor">
            <line x1={x(at)} x2={x(at)} y1={margin.top} y2={height - margin.bottom} />
            {pointed !== null ? <circle cx={x(at)} cy={y(pointed)} r="4" /> : null}
          </g>
        ) : null}
      </svg>
      {ds !== undefined ? (
        <div className="chart-tip" style={{ left: tipLeft }} role="status">
          <span className="faint">{formatPeriod(ds)}</span>
          {shown ? (
            <>
              <strong className="num">{formatNumber(shown.yhat)}</strong>
              <span className="faint num">
                {formatNumber(shown.yhat_lower)} … {formatNumber(shown.yhat_upper)}
              </span>
            </>
          ) : (
            <strong className="num">{formatNumber(actual?.y)}</strong>
          )}
          {oddHere ? (
            <span className="faint num">expected {formatNumber(oddHere.expected)}</span>
          ) : null}
        </div>
      ) : null}
      <ul className="chart-legend">
        {history.length > 0 ? <li data-kind="history">History</li> : null}
        <li data-kind="line">{main.model}</li>
        <li data-kind="band">{level} % interval</li>
        {series.length > 1 ? <li data-kind="other">Other models</li> : null}
        {odd.length > 0 ? <li data-kind="anomaly">Anomaly</li> : null}
      </ul>
    </div>
  );
}
