//! Fits one model of anofox-forecast or augurs on every series, on one thread, and writes what it
//! forecast and what it cost: the counterpart of ../main.cpp, with the same files.
//!
//! usage: rust_peers META VALUES LIBRARY MODEL FORECASTS COSTS

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};

use anofox_forecast::core::TimeSeries;
use anofox_forecast::models::arima::AutoARIMA;
use anofox_forecast::models::exponential::AutoETS as AnofoxETS;
use anofox_forecast::models::theta::{AutoTheta, DynamicTheta};
use anofox_forecast::models::{Forecaster, MSTLForecaster};
use augurs::ets::AutoETS as AugursETS;
use augurs::mstl::MSTLModel;
use augurs::{Fit, Predict};
use chrono::{DateTime, Duration, Utc};

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Series {
    id: String,
    frequency: String,
    period: usize,
    horizon: usize,
    y: Vec<f64>,
}

struct Fitted {
    columns: [Vec<f64>; 3], // mean, lower, upper
    fit_ms: f64,
    forecast_ms: f64,
}

fn cpu_ms() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

fn rows(path: &str, names: &[&str]) -> Outcome<Vec<Vec<String>>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().ok_or("an empty file")?.split(',').collect();
    let columns: Option<Vec<usize>> =
        names.iter().map(|name| header.iter().position(|cell| cell == name)).collect();
    let columns = columns.ok_or_else(|| format!("{path} lacks one of {names:?}"))?;
    Ok(lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            columns.iter().map(|&i| cells[i].to_string()).collect()
        })
        .collect())
}

fn read_series(meta: &str, values: &str) -> Outcome<Vec<Series>> {
    let mut all = Vec::new();
    let mut index = HashMap::new();
    for row in rows(meta, &["unique_id", "frequency", "period", "horizon"])? {
        index.insert(row[0].clone(), all.len());
        all.push(Series {
            id: row[0].clone(),
            frequency: row[1].clone(),
            period: row[2].parse()?,
            horizon: row[3].parse()?,
            y: Vec::new(),
        });
    }
    for row in rows(values, &["unique_id", "y"])? {
        if let Some(&i) = index.get(&row[0]) {
            all[i].y.push(row[1].parse()?);
        }
    }
    Ok(all)
}

fn anofox(model: &str, series: &Series) -> Outcome<Fitted> {
    let period = series.period;
    let mut forecaster: Box<dyn Forecaster> = match (model, period) {
        ("ets", 1) => Box::new(AnofoxETS::non_seasonal()),
        ("ets", _) => Box::new(AnofoxETS::with_period(period)),
        ("arima", 1) => Box::new(AutoARIMA::new()),
        ("arima", _) => Box::new(AutoARIMA::seasonal(period)),
        ("theta", 1) => Box::new(DynamicTheta::optimized()),
        ("theta", _) => Box::new(DynamicTheta::seasonal_optimized(period)),
        ("auto_theta", 1) => Box::new(AutoTheta::new()),
        ("auto_theta", _) => Box::new(AutoTheta::seasonal(period)),
        ("mstl", 2..) => Box::new(MSTLForecaster::new(vec![period])),
        _ => return Err(format!("anofox-forecast has no {model} for a period of {period}").into()),
    };
    let dates = (0..series.y.len() as i64)
        .map(|day| DateTime::<Utc>::UNIX_EPOCH + Duration::days(day))
        .collect();
    let past = TimeSeries::univariate(dates, series.y.clone())?;
    let start = cpu_ms();
    forecaster.fit(&past)?;
    let middle = cpu_ms();
    let future = forecaster.predict_with_intervals(series.horizon, 0.95)?;
    let end = cpu_ms();
    let mean = future.primary().to_vec();
    let bound = |side: Option<&[Vec<f64>]>| side.map_or(mean.clone(), |values| values[0].clone());
    let columns = [mean.clone(), bound(future.lower()), bound(future.upper())];
    Ok(Fitted { columns, fit_ms: middle - start, forecast_ms: end - middle })
}

fn augurs(model: &str, series: &Series) -> Outcome<Fitted> {
    let (period, horizon) = (series.period, series.horizon);
    let start = cpu_ms();
    let (future, middle) = match (model, period) {
        ("ets", 1) => {
            let fitted = AugursETS::new(1, "ZZN")?.fit(&series.y)?;
            let middle = cpu_ms();
            (fitted.predict(horizon, 0.95)?, middle)
        }
        ("mstl", 2..) => {
            let trend = AugursETS::new(1, "ZZN")?.into_trend_model();
            let fitted = MSTLModel::new(vec![period], trend).fit(&series.y)?;
            let middle = cpu_ms();
            (fitted.predict(horizon, 0.95)?, middle)
        }
        _ => return Err(format!("augurs has no {model} for a period of {period}").into()),
    };
    let end = cpu_ms();
    let mean = future.point;
    let (lower, upper) = match future.intervals {
        Some(bounds) => (bounds.lower, bounds.upper),
        None => (mean.clone(), mean.clone()),
    };
    let columns = [mean, lower, upper];
    Ok(Fitted { columns, fit_ms: middle - start, forecast_ms: end - middle })
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [meta, values, library, model, forecasts, costs] = &arguments[..] else {
        return Err("usage: rust_peers META VALUES LIBRARY MODEL FORECASTS COSTS".into());
    };
    let fit = match library.as_str() {
        "anofox" => anofox,
        "augurs" => augurs,
        _ => return Err(format!("no library {library}: there are anofox and augurs").into()),
    };
    let mut forecasts = BufWriter::new(fs::File::create(forecasts)?);
    let mut costs = BufWriter::new(fs::File::create(costs)?);
    writeln!(forecasts, "unique_id,origin,step,mean,lower,upper")?;
    writeln!(costs, "unique_id,origin,fit_ms,forecast_ms")?;
    let mut warm = HashSet::new();
    for series in read_series(meta, values)? {
        if warm.insert(series.frequency.clone()) {
            let _ = fit(model, &series);
        }
        match fit(model, &series) {
            Ok(Fitted { columns: [mean, lower, upper], fit_ms, forecast_ms }) => {
                for i in 0..mean.len() {
                    let id = &series.id;
                    writeln!(forecasts, "{id},0,{},{},{},{}", i + 1, mean[i], lower[i], upper[i])?;
                }
                writeln!(costs, "{},0,{fit_ms:.4},{forecast_ms:.4}", series.id)?;
            }
            Err(problem) => eprintln!("{}: {problem}", series.id),
        }
    }
    Ok(())
}
