#!/usr/bin/env python3
"""Fits one model of a Python peer on every series, on one thread, and writes what it forecast and
what it cost: the counterpart of main.cpp, with the same files.

CPU time is that of the process and the programs it ran, for Prophet's optimiser is one. Compilation
of statsforecast's functions falls into a first fit per frequency, which is not counted.
"""

import argparse
import csv
import logging
import resource
import sys
import warnings

import numpy as np
import pandas as pd

OFFSETS = {"Yearly": "YS", "Other": "YS", "Quarterly": "QS", "Monthly": "MS", "Weekly": "W",
           "Daily": "D", "Hourly": "h"}


def cpu_ms():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1e3 * sum(part.ru_utime + part.ru_stime for part in used)


class StatsForecast:
    NAMES = {"seasonal_naive": "SeasonalNaive", "naive": "Naive", "drift": "RandomWalkWithDrift",
             "ets": "AutoETS", "arima": "AutoARIMA", "theta": "DynamicOptimizedTheta",
             "auto_theta": "AutoTheta", "ces": "AutoCES", "mstl": "MSTL"}

    def __init__(self, model, row, past):
        from statsforecast import models
        make = getattr(models, self.NAMES[model])
        seasonal = model not in ("naive", "drift")
        self.model = make(season_length=int(row.period)) if seasonal else make()
        self.past = past

    def fit(self):
        self.model.fit(self.past)

    def forecast(self, horizon):
        done = self.model.predict(horizon, level=[95])
        return done["mean"], done["lo-95"], done["hi-95"]


class Prophet:
    NAMES = {"prophet": "Prophet"}

    def __init__(self, model, row, past):
        import prophet
        self.offset = OFFSETS[row.frequency]
        start = pd.Timestamp(row.start)
        self.past = pd.DataFrame(
            {"ds": pd.date_range(start, periods=len(past), freq=self.offset), "y": past})
        self.model = prophet.Prophet(interval_width=0.95)

    def fit(self):
        self.model.fit(self.past)

    def forecast(self, horizon):
        dates = pd.date_range(self.past.ds.iloc[-1], periods=horizon + 1, freq=self.offset)[1:]
        done = self.model.predict(pd.DataFrame({"ds": dates}))
        return done.yhat, done.yhat_lower, done.yhat_upper


class Scum:
    """The median of four models of statsforecast: Petropoulos & Svetunkov, A simple combination of
    univariate models (2020)."""

    def __init__(self, _, row, past):
        self.members = [StatsForecast(model, row, past)
                        for model in ("arima", "ets", "ces", "theta")]

    def fit(self):
        for member in self.members:
            member.fit()

    def forecast(self, horizon):
        return np.median([member.forecast(horizon) for member in self.members], axis=0)


LIBRARIES = {"statsforecast": StatsForecast, "prophet": Prophet}


def run(library, model, row, past):
    fitting = (Scum if model == "scum" else library)(model, row, past)
    start = cpu_ms()
    fitting.fit()
    middle = cpu_ms()
    columns = fitting.forecast(int(row.horizon))
    return np.column_stack(columns), middle - start, cpu_ms() - middle


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("meta", "values", "library", "model", "forecasts", "costs"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for noisy in ("prophet", "cmdstanpy"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    library = LIBRARIES[arguments.library]
    values = pd.read_csv(arguments.values)
    past = {key: group.y.to_numpy(float) for key, group in values.groupby("unique_id")}
    warm = set()
    with open(arguments.forecasts, "w", newline="") as forecasts, \
            open(arguments.costs, "w", newline="") as costs:
        forecasts, costs = csv.writer(forecasts), csv.writer(costs)
        forecasts.writerow(["unique_id", "origin", "step", "mean", "lower", "upper"])
        costs.writerow(["unique_id", "origin", "fit_ms", "forecast_ms"])
        for row in pd.read_csv(arguments.meta, keep_default_na=False).itertuples():
            try:
                if row.frequency not in warm:
                    warm.add(row.frequency)
                    run(library, arguments.model, row, past[row.unique_id])
                table, fit_ms, forecast_ms = run(library, arguments.model, row, past[row.unique_id])
            except Exception as problem:  # a peer's failure is a row less, with its reason
                print(f"{row.unique_id}: {problem}", file=sys.stderr)
                continue
            for step, values in enumerate(table, 1):
                forecasts.writerow([row.unique_id, 0, step, *values])
            costs.writerow([row.unique_id, 0, f"{fit_ms:.4f}", f"{forecast_ms:.4f}"])


if __name__ == "__main__":
    main()
