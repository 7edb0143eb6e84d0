#!/usr/bin/env python3
"""Writes what the fuzz targets begin with: tests/fuzz/seeds/{series,saved_models,requests}.

usage: make_seeds.py BINARY     trainyard_fuzz_saved_models, which fits and saves
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = HERE / "seeds"
ROOT = HERE.parents[1]
MODELS = 19  # and auto: the first byte's remainder by their number chooses
CONFIG = {"data_path": "sales.csv", "target_col": "sales", "time_col": "month",
          "segment_col": "shop", "horizon": 12, "frequency": "monthly", "models": ["ets", "auto"],
          "covariates": ["price"], "levels": [80, 95], "metric": "mase",
          "backtest": {"windows": 3, "step": 6, "gap": 1}, "seed": 7,
          "hyperparameters": {"ets": {"form": "AAA"}}}
ROWS = [{"month": "2024-01-01", "sales": 1.5, "shop": "a"}, {"month": "2024-02-01", "sales": None}]
INLINE = {key: CONFIG[key] for key in ("target_col", "time_col", "horizon")} | {"data": ROWS}
JOB = {"config": INLINE, "options": {"priority": 3}}

# In the order of request_readers.cpp and, after them, file_readers.cpp.
REQUESTS = [
    [json.dumps({"config": CONFIG}), json.dumps(JOB)],
    [json.dumps({"jobs": [JOB, {"config": CONFIG}], "submit": True})],
    [json.dumps({"config": CONFIG, "models": ["ets", "naive"], "segments": ["a", "b"]})],
    [json.dumps(CONFIG), json.dumps(INLINE)],
    [json.dumps(ROWS)],
    ['{"op":"subscribe","id":1,"topic":"mine","since":{"epoch":"e","offset":"7"}}',
     '{"op":"ping"}'],
    [path.read_text() for path in sorted((ROOT / "schemas/events").glob("*.example.json"))[:4]],
    ["*/5 * * * *", "30 0 4-6/2 1,15 jan-mar mon", "@monthly", "0 2 29 2 7"],
    ["15min", "monthly", "W-MON", "QE", "2D"],
    ["2026-01-20T15:30:00.123456Z", "2024-02-29T23:59:59+05:30"],
    ['{"concurrency":2,"rate":{"jobs":5,"period_seconds":60,"burst":7},"backlog":10}'],
    ['{"until":"2026-01-20T15:30:00Z","reason":"repairs"}'],
    ['{"user":"ann","role":"admin","name":"laptop","expires_in_days":30}'],
    [next((ROOT / "tests/data/delta/partitioned/_delta_log").glob("*.json")).read_text()],
    ['data_dir = "x"\n[http]\nport = 8080\nhost = "::1"\n[worker]\nlease_seconds = 30\n'],
    ["month,sales,shop\n2024-01-01,1.5,a\n2024-02-01,,a\n2024-03-01,2e3,b\n",
     '\ufeffds;y\r\n"2024-01-01 10:00";1,5\r\n2024-01-02;x\r\n', "t\tv\n1\t2\n3\t4\n5\t6\n"],
]


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    shutil.rmtree(SEEDS, ignore_errors=True)
    folders = {name: SEEDS / name for name in ("series", "saved_models", "requests")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    draw = random.Random(1)
    for model in range(MODELS):
        data = bytes([model]) + draw.randbytes(150)
        (folders["series"] / str(model)).write_bytes(data)
    for place, texts in enumerate(REQUESTS):
        for number, text in enumerate(texts):
            (folders["requests"] / f"{place}_{number}").write_bytes(bytes([place]) + text.encode())
    subprocess.run([binary, "--seeds", folders["saved_models"]], check=True)


if __name__ == "__main__":
    main()
