"""Runs the trainyard executable as a user would."""

import csv
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TRAINYARD_TEST_BINARY", str(ROOT / "build/release/trainyard"))


def monthly(segment, values, start_year=2015):
    """Rows unique_id,ds,y with month starts; None leaves the value empty."""
    return [f"{segment},{start_year + i // 12}-{i % 12 + 1:02}-01,{'' if v is None else v}"
            for i, v in enumerate(values)]


def seasonal(length):
    return [100 + i + 10 * ((i % 12) - 6) for i in range(length)]


class TerminalTest(unittest.TestCase):
    """Each test gets a directory of its own."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="trainyard-e2e-")
        self.addCleanup(self.directory.cleanup)
        self.path = Path(self.directory.name)
        self.output = self.path / "out"

    def write(self, rows, header="unique_id,ds,y", name="data.csv", encoding="utf-8", end="\n"):
        file = self.path / name
        file.write_bytes((end.join([header, *rows]) + end).encode(encoding))
        return file

    def environment(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TRAINYARD_")}
        return {**clean, "TRAINYARD_LOG_LEVEL": "error"}

    def train(self, file, *flags, horizon="6", models="seasonal_naive,naive"):
        command = [BINARY, "train", str(file), "--output", str(self.output)]
        command += ["--horizon", horizon] if horizon else []
        command += ["--models", models] if models else []
        return subprocess.run([*command, *flags], capture_output=True, text=True, timeout=120,
                              env=self.environment(), cwd=self.path)

    def rows(self, name):
        with open(self.output / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
