import { formatNumber, formatPeriod } from "../lib/format";
import { linearScale, linePath } from "../lib/scale";
import type { Component, Observation } from "../wire";
import { useWidth } from "./use_width";

// The parts of a model, one small chart below the other on the periods of the history. Each has a
// scale of its own, named at its ends.

const height = 72;
const margin = { top: 10, right: 16, bottom: 10, left: 56 };

function shareOf({ variance_share }: Component): string {
  return variance_share === null ? "" : `${formatNumber(variance_share)} % of the variance`;
}

function ComponentChart({ component, width }: { component: Component; width: number }) {
  const { name, values } = component;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const y = linearScale([low, high], [height - margin.bottom, margin.top]);
  const x = linearScale([0, Math.max(1, values.length - 1)], [margin.left, width - margin.right]);
  const ends = low === high ? [low] : [low, high];
  return (
    <svg width={width} height={height} role="img" aria-label={`${name}, per period`}>
      <g className="chart-grid">
        {ends.map((end) => (
          <text key={end} x={margin.left - 10} y={y(end)} dy="0.32em" textAnchor="end">
            {formatNumber(end)}
          </text>
        ))}
        {low < 0 && high > 0 ? (
          <line x1={margin.left} x2={width - margin.right} y1={y(0)} y2={y(0)} />
        ) : null}
      </g>
      <path
        className="chart-line"
        data-testid="component"
        d={linePath(values.map((value, i) => ({ x: x(i), y: y(value) })))}
      />
    </svg>
  );
}

export function ComponentCharts({
  components,
  history,
}: {
  components: readonly Component[];
  history: readonly Observation[];
}) {
  const [box, width] = useWidth();
  const isWide = width > 460;
  const first = history[0]?.ds;
  const last = history[history.length - 1]?.ds;
  return (
    <div className="components" ref={box}>
      {components.map((component) => (
        <figure
          key={component.name}
          className="component"
          data-kind={component.name === "remainder" ? "remainder" : "part"}
        >
          <figcaption>
            {component.name}
            <span>± {formatNumber(component.mean_absolute)} on average</span>
            <span>{shareOf(component)}</span>
          </figcaption>
          <ComponentChart component={component} width={isWide ? width - 180 : width} />
        </figure>
      ))}
      {first !== undefined && last !== undefined ? (
        <p className="component-axis">
          <span>{formatPeriod(first)}</span>
          <span>{formatPeriod(last)}</span>
        </p>
      ) : null}
    </div>
  );
}
