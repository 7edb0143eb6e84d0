#!/usr/bin/env python3
"""Runs a fuzz target from its seeds for some seconds, and says how to repeat what it found.

usage: run.py BINARY [--seconds 60] [--corpus DIRECTORY]

With --corpus what reaches new code is kept for the next run. Inputs that break a promise are kept
beside the binary.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SEEDS = pathlib.Path(__file__).resolve().parent / "seeds"
INPUT_MAX = 100_000  # bytes
HANG_S = 120  # of one input, on a busy machine
MEMORY_MB = 4096


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=pathlib.Path)
    options = parser.parse_args()
    seeds = SEEDS / options.binary.name.removeprefix("trainyard_fuzz_")
    findings = options.binary.parent / "findings"
    findings.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trainyard-fuzz.") as scratch:
        grown = options.corpus or pathlib.Path(scratch) / "corpus"
        grown.mkdir(parents=True, exist_ok=True)
        run = subprocess.run(
            [options.binary, "-seed=1", "-keep_seed=1", "-mutate_depth=3",
             f"-max_total_time={options.seconds}",
             f"-timeout={HANG_S}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={INPUT_MAX}",
             "-print_final_stats=1", f"-artifact_prefix={findings}/", grown, seeds],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=os.environ | {"TMPDIR": scratch})
    lines = run.stdout.splitlines()
    print("\n".join(lines[-60 if run.returncode else -12:]))
    for line in lines:
        if "Test unit written to" in line:
            print(f"\nto repeat it: {options.binary} {line.rpartition(' ')[2]}")
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
