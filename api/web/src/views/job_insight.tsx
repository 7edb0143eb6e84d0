import { formatCount, formatNumber, formatPeriod } from "../lib/format";
import { ComponentCharts } from "../ui/component_charts";
import type { Anomalies, LevelCoverage, SegmentResults } from "../wire";

// What a forecast's model tells beyond the forecast: what surprised it, what it is made of, how
// often its intervals held, and what was found in the data.

function AnomalyTable({ anomalies }: { anomalies: Anomalies }) {
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Period</th>
            <th scope="col" className="end">
              Value
            </th>
            <th scope="col" className="end">
              Expected
            </th>
            <th scope="col" className="end">
              Score
            </th>
            <th scope="col" className="end">
              Direction
            </th>
          </tr>
        </thead>
        <tbody>
          {anomalies.listed.map((each) => (
            <tr key={each.ds}>
              <th scope="row">{formatPeriod(each.ds)}</th>
              <td className="num">{formatNumber(each.value)}</td>
              <td className="num">{formatNumber(each.expected)}</td>
              <td className="num">{formatNumber(each.score)}</td>
              <td>{each.direction === "high" ? "too high" : "too low"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function anomalyWords({ judged, count, listed, threshold, reason }: Anomalies): string {
  if (reason !== null) return `Not looked for: ${reason}.`;
  const found =
    count === 0
      ? `None of ${formatCount(judged)} values`
      : `${formatCount(count)} of ${formatCount(judged)} values`;
  const verb = count > 1 ? "lie" : "lies";
  const isCut = count > listed.length;
  const shown = isCut ? ` The ${formatCount(listed.length)} furthest are listed.` : "";
  return (
    `${found} ${verb} more than ${formatNumber(threshold)} robust standard deviations from what ` +
    `the best model expected one period before.${shown}`
  );
}

function coverageWords(coverage: readonly LevelCoverage[], tested: number): string {
  const parts = coverage.map(
    ({ level, reached }) => `${formatNumber(reached)} % in its ${level} % intervals`,
  );
  const values = `${formatCount(tested)} values tested in backtests`;
  return `Of ${values}, the best model had ${parts.join(", ")}.`;
}

export function JobInsight({ results }: { results: SegmentResults }) {
  const { anomalies, explanation, data_quality: quality } = results;
  const best = results.models?.[results.best_model ?? ""];
  const coverage = best?.coverage ?? [];
  const warnings = quality?.warnings ?? [];
  const components = explanation?.components ?? [];
  return (
    <>
      {coverage.length > 0 ? (
        <p className="muted" data-testid="coverage">
          {coverageWords(coverage, quality?.tested_values ?? 0)}
        </p>
      ) : null}
      {anomalies ? (
        <section className="stack" aria-label="Anomalies">
          <h3>Anomalies</h3>
          <p className="muted">{anomalyWords(anomalies)}</p>
          {anomalies.listed.length > 0 ? <AnomalyTable anomalies={anomalies} /> : null}
        </section>
      ) : null}
      {components.length > 0 ? (
        <section className="stack" aria-label="Components">
          <h3>What {explanation?.model} is made of</h3>
          <p className="muted">The parts sum to the history, period by period.</p>
          <ComponentCharts components={components} history={results.history ?? []} />
        </section>
      ) : null}
      {warnings.length > 0 ? (
        <section className="stack" aria-label="Data quality">
          <h3>What was found in the data</h3>
          <ul className="warnings">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
