"""Writes what Prophet 1.5.0 makes of its own example data: parameters, log density, components.

    pip install prophet==1.5.0
    python prophet_cases.py DATA > prophet_cases.json
    python prophet_cases.py DATA --measuring > /tmp/measuring.json

DATA holds air_passengers, us_retail_sales and peyton_manning_daily as .csv.gz with the columns
unique_id, ds and y. The three are examples of Prophet's repository under the MIT licence,
Copyright (c) Facebook, Inc. and its affiliates. `--measuring` takes series that may not be
published, for TRAINYARD_TEST_PROPHET_CASES (tests/unit/models/prophet_conformance_test.cpp).
"""

import argparse
import json
import logging
import pathlib
import sys

import numpy as np
import pandas as pd
import prophet

SUPER_BOWLS = {"holiday": "superbowl", "ds": ["2010-02-07", "2014-02-02", "2016-02-07"],
               "lower_window": 0, "upper_window": 1}
CAREFUL_CHANGEPOINTS = {"changepoint_prior_scale": 0.5, "n_changepoints": 10,
                        "changepoint_range": 0.9}
# Case -> (file, series, observations or None for all, horizon, pandas frequency, settings).
EXAMPLES = {
    "air_default": ("air_passengers", None, None, 24, "MS", {}),
    "air_multiplicative": ("air_passengers", None, None, 24, "MS",
                           {"seasonality_mode": "multiplicative"}),
    "air_cps0.5_n10": ("air_passengers", None, None, 24, "MS", CAREFUL_CHANGEPOINTS),
    "air_logistic": ("air_passengers", None, None, 24, "MS", {"growth": "logistic", "cap": 1000}),
    "air_flat": ("air_passengers", None, None, 24, "MS", {"growth": "flat"}),
    "us_retail_default": ("us_retail_sales", None, None, 24, "MS", {}),
    "us_retail_mult": ("us_retail_sales", None, None, 24, "MS",
                       {"seasonality_mode": "multiplicative"}),
    "peyton_first1095": ("peyton_manning_daily", None, 1095, 60, "D", {}),
    "peyton_full": ("peyton_manning_daily", None, None, 365, "D", {}),
    "peyton_holidays": ("peyton_manning_daily", None, None, 60, "D", {"holidays": [SUPER_BOWLS]}),
}
MEASURING = {name: ("dev_train", name, None, horizon, frequency, {})
             for frequency, horizon, names in [
                 ("MS", 18, "M3_N1481 M3_N1742 M3_N1637 M3_N2460 M3_N2311 M3_N1576 M3_N2653"
                            " M3_N2665"),
                 ("QS", 8, "M3_N0788 M3_N1383"), ("YS", 6, "M3_N0312 M3_N0174"),
                 ("D", 14, "NN5-056 NN5-013")]
             for name in names.split()}
MEASURING["walmart_regressor_temperature"] = ("seg_walmart_weekly_exog", "1_1", 123, 20, "W-FRI",
                                              {"regressors": [{}]})
OURS = {"MS": "monthly", "QS": "quarterly", "YS": "yearly", "W-FRI": "weekly", "D": "daily"}
ROWS_MAX = 50  # of each case's components


def make_model(settings):
    arguments = {key: value for key, value in settings.items()
                 if key not in ("cap", "floor", "regressors", "holidays")}
    if "holidays" in settings:
        arguments["holidays"] = pd.concat([pd.DataFrame({**one, "ds": pd.to_datetime(one["ds"])})
                                           for one in settings["holidays"]])
    model = prophet.Prophet(uncertainty_samples=20000, **arguments)
    for _ in settings.get("regressors", []):
        model.add_regressor("Temperature")
    return model


def rounded(values, digits=8):
    return [float(f"{value:.{digits}g}") for value in np.ravel(values)]


def run(name, data, settings, horizon, frequency, count):
    data = data.reset_index(drop=True)
    history = data.iloc[:count].copy()
    if "cap" in settings:
        history["cap"] = settings["cap"]
    model = make_model(settings)
    np.random.seed(1)
    model.fit(history)
    if "regressors" in settings:
        future = data.iloc[:count + horizon].drop(columns="y").copy()
    else:
        future = model.make_future_dataframe(horizon, freq=frequency)
    if "cap" in settings:
        future["cap"] = settings["cap"]
    said = model.predict(future)
    ours = {"trend": "trend", "yearly": "season yearly", "weekly": "season weekly",
            "holidays": "holidays", "extra_regressors_additive": "covariate 0", "yhat": "yhat"}
    # A stride of 7k + 3 visits every weekday.
    stride = len(history) // ROWS_MAX // 7 * 7 + 3 if len(history) > ROWS_MAX else 1
    rows = list(range(0, len(history), stride))
    ahead = said.iloc[len(history):][:24]
    return {
        "case": name, "frequency": OURS[frequency], "settings": settings,
        "log_density": float(model.stan_fit.optimized_params_dict["lp__"]),
        "y_scale": float(model.y_scale),
        "changepoints": [str(when.date()) for when in model.changepoints],
        "seasonalities": {key: [value["period"], value["fourier_order"]]
                          for key, value in model.seasonalities.items()},
        **{key: rounded(model.params[key]) for key in ("k", "m", "delta", "beta", "sigma_obs")},
        "rows": rows,
        "components": {ours[key]: rounded(said[key].iloc[rows]) for key in ours if key in said},
        "forecast": {key: rounded(ahead[key]) for key in ("yhat", "yhat_lower", "yhat_upper")},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--measuring", action="store_true")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    series, cases = {}, []
    for name, (file, key, count, horizon, frequency, settings) in (
            MEASURING if arguments.measuring else EXAMPLES).items():
        data = pd.read_csv(arguments.data / f"{file}.csv.gz")
        data = data[data.unique_id == key] if key else data
        data = data.assign(ds=pd.to_datetime(data.ds))
        count = count or len(data)
        case = run(name, data, settings, horizon, frequency, count)
        source = key or file
        epoch = pd.Timestamp("1970-01-01")
        series[source] = {"days": [(when - epoch).days for when in data.ds],
                          "y": rounded(data.y, 9)}
        if "regressors" in settings:
            series[source]["covariate"] = rounded(data.Temperature, 16)
        cases.append({"series": source, "observations": count, **case})
    print(f'{{"prophet": "{prophet.__version__}",', '"series": {', sep="\n")
    print(",\n".join(f'"{key}": {json.dumps(one)}' for key, one in series.items()))
    print("},", '"cases": [', sep="\n")
    print(",\n".join(json.dumps(case) for case in cases))
    print("]}")


if __name__ == "__main__":
    sys.exit(main())
