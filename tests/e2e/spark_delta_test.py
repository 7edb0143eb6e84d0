"""Delta tables that Spark wrote: trained on as they are and as they were, and followed by a trigger."""

import json
import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from server import Server
from support import ROOT, TerminalTest

SPARK = ROOT / ".deps/spark"
REQUIRED = os.environ.get("TRAINYARD_TEST_REQUIRE_SERVICES") == "1"


@unittest.skipUnless(SPARK.exists() or REQUIRED, f"{SPARK} is missing: deploy/setup --tests")
class SparkDelta(TerminalTest):
    @classmethod
    def setUpClass(cls):
        """One session writes all tables."""
        folder = tempfile.TemporaryDirectory(prefix="trainyard-spark-")
        cls.addClassCleanup(folder.cleanup)
        cls.tables = Path(folder.name) / "tables"
        python = SPARK / "bin/python"
        done = subprocess.run(
            [python, "-B", ROOT / "tests/support/delta/spark_tables.py", cls.tables],
            cwd=folder.name, capture_output=True, text=True, timeout=500, check=False,
            env={**os.environ, "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1"})
        if done.returncode:
            raise AssertionError(done.stderr[-4000:])
        cls.held = json.loads(done.stdout.splitlines()[-1])

    def last_values(self, table, target="sold"):
        """The naive forecast of a store is its last value, so it tells what was read."""
        done = self.train(table, "--segment", "store", "--time", "ds", "--target", target,
                          "--frequency", "daily", horizon="1", models="naive")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["segment"]: float(row["yhat"]) for row in self.rows("best.csv")}

    def assert_is_read_as_spark_reads_it(self, name, target="sold"):
        held = self.held[name]
        for version, values in held.items():
            self.assertEqual(self.last_values(f"{self.tables / name}@v{version}", target), values,
                             f"{name} at version {version}")
        self.assertEqual(self.last_values(self.tables / name, target), list(held.values())[-1])

    def log_names(self, name):
        return [file.name for file in (self.tables / name / "_delta_log").rglob("*")]

    def test_every_kind_of_change(self):
        self.assertTrue(any(name.endswith(".checkpoint.parquet")
                            for name in self.log_names("changed")))
        self.assert_is_read_as_spark_reads_it("changed")

    def test_checkpoints_of_the_second_kind(self):
        self.assertIn("_sidecars", self.log_names("second_kind"))
        self.assert_is_read_as_spark_reads_it("second_kind")

    def test_columns_that_were_renamed(self):
        self.assert_is_read_as_spark_reads_it("renamed", "quantity")

    def test_rows_deleted_by_vectors(self):
        self.assertTrue(list((self.tables / "vectors").glob("deletion_vector_*.bin")))
        self.assert_is_read_as_spark_reads_it("vectors")

    def test_a_trigger_decides_on_every_version_and_skips_what_changed_no_data(self):
        server = Server(self.path, {**self.environment(),
                                    "TRAINYARD_DATA_DIR": str(self.path / "state")}, "standalone")
        self.addCleanup(server.stop)
        last = max(int(version) for version in self.held["changed"])
        columns = {"time_col": "ds", "target_col": "sold", "segment_col": "store",
                   "frequency": "daily", "horizon": 2}
        status, made = server.ask("PUT", "/api/v2/triggers/sales", {
            "table": str(self.tables / "changed"), "models": ["naive"], "config": columns,
            "start": "earliest"})
        self.assertEqual(status, 201, made)
        deadline = time.monotonic() + 120
        fired, skipped = [], []
        while not {*fired, *skipped} >= set(range(last + 1)):
            self.assertLess(time.monotonic(), deadline, (fired, skipped))
            _, page = server.ask("GET", "/api/v2/triggers/sales/decisions?limit=1000")
            told = page["decisions"]
            fired = [version for decision in told if decision["outcome"] == "fired"
                     for version in range(decision["data"]["from"], decision["data"]["to"] + 1)]
            skipped = [decision["data"]["version"] for decision in told
                       if decision["outcome"] == "skipped"]
            time.sleep(0.05)
        self.assertEqual(len(fired), len(set(fired)), "a version was trained on twice")
        operations = [decision["reason"] for decision in told if decision["outcome"] == "skipped"]
        self.assertTrue(any("OPTIMIZE" in reason for reason in operations), operations)


if __name__ == "__main__":
    unittest.main()
