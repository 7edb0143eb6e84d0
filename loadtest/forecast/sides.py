"""The programs that fit a model on every series of a data set: ours and the peers."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build/release/loadtest/forecast"
RUST_TARGET = ROOT / "build/rust_peers"
RUST_NEEDED = (1, 80)

# Which of a peer's models is whose counterpart; how they are named there, their adapters know.
MODELS = {
    "ours": None,  # all that are registered
    "statsforecast": {"seasonal_naive", "naive", "drift", "ets", "arima", "theta", "auto_theta",
                      "ces", "mstl", "scum"},
    "anofox": {"ets", "arima", "theta", "auto_theta", "mstl"},
    "augurs": {"ets", "mstl"},
    "prophet": {"prophet"},
}


class Unavailable(Exception):
    """A side that this machine cannot run, with the reason."""


def build_rust():
    try:
        text = subprocess.run(["cargo", "--version"], capture_output=True, text=True,
                              check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Unavailable("no cargo on this machine") from None
    if tuple(map(int, text.split()[1].split(".")[:2])) < RUST_NEEDED:
        raise Unavailable(f"needs Rust {RUST_NEEDED[0]}.{RUST_NEEDED[1]}, this is {text.strip()}")
    done = subprocess.run(["cargo", "build", "-q", "--release", "--locked", "--target-dir",
                           RUST_TARGET], cwd=HERE / "rust_peers")
    if done.returncode != 0:
        raise Unavailable("its crates could not be built")


def command_of(side, model, meta, values, forecasts, costs):
    if side == "ours":
        program = BUILD / "trainyard_loadtest_forecast"
        if not program.exists():
            raise Unavailable(f"build the target {program.name} first")
        return [program, "--meta", meta, "--values", values, "--model", model, "--forecasts",
                forecasts, "--costs", costs]
    if model not in MODELS[side]:
        raise Unavailable(f"{side} has no {model}")
    if side in ("anofox", "augurs"):
        build_rust()
        return [RUST_TARGET / "release/rust_peers", meta, values, side, model, forecasts, costs]
    return [sys.executable, HERE / "peers.py", meta, values, side, model, forecasts, costs]


def run(side, model, dataset, directory):
    """(forecasts, costs) of every series that the side could do. Its complaints go to a log beside
    them."""
    meta, values = dataset.write(directory)
    name = f"{side}_{model}"
    forecasts, costs = directory / f"{name}.csv", directory / f"{name}_costs.csv"
    command = command_of(side, model, meta, values, forecasts, costs)
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    with open(directory / f"{name}.log", "w") as log:
        done = subprocess.run(command, stderr=log, stdout=log,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(directory), **threads})
    if done.returncode != 0:
        reason = (directory / f"{name}.log").read_text().strip().splitlines()
        raise Unavailable(reason[-1] if reason else f"exit code {done.returncode}")
    return pd.read_csv(forecasts), pd.read_csv(costs)
