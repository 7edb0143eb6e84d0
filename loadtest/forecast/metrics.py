"""Accuracy by the definitions of the M4 competition (Makridakis, Spiliotis & Assimakopoulos, The M4
Competition: 100,000 time series and 61 forecasting methods, International Journal of Forecasting
2020), and standard errors of its figures by the bootstrap over series."""

import numpy as np


def is_seasonal(past, period):
    """The 90 % autocorrelation test at lag `period`, which needs three seasons."""
    size = len(past)
    centred = past - past.mean()
    variance = np.sum(centred ** 2)
    if size < 3 * period or variance == 0:
        return False
    lags = np.array([np.sum(centred[lag:] * centred[:size - lag])
                     for lag in range(1, period + 1)]) / variance
    limit = 1.645 * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / size)
    return abs(lags[-1]) > limit


def seasonal_factors(past, period):
    """Of the classical multiplicative decomposition, mean 1; the first is of past[0]."""
    window = np.ones(period) / period
    if period % 2 == 0:
        window = (np.append(window, 0) + np.append(0, window)) / 2
    half = len(window) // 2
    ratios = np.full(len(past), np.nan)
    ratios[half:len(past) - half] = past[half:len(past) - half] / np.convolve(past, window, "valid")
    factors = np.array([np.nanmean(ratios[phase::period]) for phase in range(period)])
    return factors / factors.mean()


def naive2(past, period, horizon):
    """The last value without its season, and the season of each step."""
    if period == 1 or not is_seasonal(past, period):
        return np.full(horizon, past[-1])
    factors = seasonal_factors(past, period)
    phases = len(past) - 1 + np.arange(horizon + 1)
    of_steps = factors[phases % period]
    return past[-1] / of_steps[0] * of_steps[1:]


def smape(actual, mean):
    size = np.abs(actual) + np.abs(mean)
    return 200 * np.mean(np.abs(actual - mean) / np.where(size == 0, 1, size))


def mase_scale(past, period):
    """The seasonal naive error inside the training part; NaN where that is zero."""
    scale = np.mean(np.abs(past[period:] - past[:-period]))
    return scale if scale > 0 else np.nan


def mase(actual, mean, scale):
    return np.mean(np.abs(actual - mean)) / scale


def coverage(actual, lower, upper):
    return np.mean((lower <= actual) & (actual <= upper))


def msis(actual, lower, upper, scale, level=0.95):
    missed = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    return np.mean(upper - lower + 2 / (1 - level) * missed) / scale


def owa(errors, baseline, rows=slice(None)):
    """`errors` and `baseline` have the columns sMAPE and MASE, one row per series: first averages,
    then ratios."""
    ratio = errors[rows].mean(axis=0) / baseline[rows].mean(axis=0)
    return float(ratio.mean())


def standard_error(statistic, count, draws=2000, seed=1):
    """Of statistic(rows) under resampling of `count` series."""
    random = np.random.default_rng(seed)
    return float(np.std([statistic(random.integers(0, count, count)) for _ in range(draws)]))
