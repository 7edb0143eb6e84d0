import { formatCount, formatMetric, formatPeriod, metricWords } from "../lib/format";
import { metricNames, type Fold, type ModelResults } from "../wire";

// How a forecast's models were tested: those that could not be fitted, with the reason, and the
// chosen one's backtest origin by origin.

export function FailedModels({ models }: { models: Record<string, ModelResults> }) {
  const failed = Object.entries(models).filter(([, each]) => each.status === "failed");
  if (failed.length === 0) return null;
  return (
    <ul className="warnings" aria-label="Models that could not be fitted">
      {failed.map(([model, { reason }]) => (
        <li key={model}>
          <code>{model}</code> could not be fitted: {reason}
        </li>
      ))}
    </ul>
  );
}

function FoldRow({ fold }: { fold: Fold }) {
  return (
    <tr>
      <th scope="row">{formatPeriod(fold.origin)}</th>
      <td className="num">{formatCount(fold.trained_on)}</td>
      {fold.status === "failed" ? (
        <td className="reason" colSpan={metricNames.length}>
          {fold.reason}
        </td>
      ) : (
        metricNames.map((name) => (
          <td key={name} className="num">
            {formatMetric(name, fold.metrics[name])}
          </td>
        ))
      )}
    </tr>
  );
}

export function BacktestTable({ model, folds }: { model: string; folds: readonly Fold[] }) {
  if (folds.length === 0) return null;
  return (
    <details className="details">
      <summary>Backtest of {model}, origin by origin</summary>
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Known until</th>
              <th scope="col" className="end">
                Learned from
              </th>
              {metricNames.map((name) => (
                <th key={name} scope="col" className="end">
                  {metricWords[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {folds.map((fold) => (
              <FoldRow key={fold.origin} fold={fold} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
