"""Pipelines of dependent steps with real workers: fan-out, fan-in, a failure and its retry."""

import json
import subprocess
import time
import unittest

from server import Server
from support import BINARY, ROOT, TerminalTest, monthly, seasonal

SAMPLE = ROOT / "deploy/data/retail_turnover_monthly.csv"


class Pipelines(TerminalTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.addCleanup(lambda: self.server.stop())

    def start(self):
        self.server = Server(self.path, {**self.environment(),
                                         "TRAINYARD_DATA_DIR": str(self.path / "state"),
                                         "TRAINYARD_WORKER_LEASE_SECONDS": "5"}, "standalone")

    def run_cli(self, *arguments):
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60,
                              env=self.environment(), cwd=self.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def pipelines(self, *arguments):
        return json.loads(self.run_cli("pipelines", "--url", self.server.url, "--json", *arguments))

    def step(self, name, after=(), data=SAMPLE, **more):
        return {"name": name, "after": list(after), "models": ["naive"],
                "config": {"data_path": str(data), "horizon": 6}, **more}

    def sample_step(self, name, after=()):
        made = self.step(name, after, segments=self.segments)
        made["config"]["segment_col"] = self.segment_col
        return made

    def statuses(self, pipeline):
        return {step["name"]: step["status"] for step in pipeline["steps"]}

    def await_over(self, pipeline_id):
        deadline = time.monotonic() + 120
        while (pipeline := self.pipelines("get", pipeline_id))["status"] == "running":
            self.assertLess(time.monotonic(), deadline, pipeline)
            time.sleep(0.1)
        return pipeline

    def create(self, steps):
        spec = self.path / "pipeline.json"
        spec.write_text(json.dumps({"name": "nightly", "steps": steps}), encoding="utf-8")
        return self.pipelines("create", str(spec))["pipeline_id"]

    def test_a_failed_branch_is_retried_alone_and_the_rest_goes_on(self):
        header = SAMPLE.read_text(encoding="utf-8").splitlines()
        self.segment_col = header[0].split(",")[0]
        self.segments = sorted({line.split(",")[0] for line in header[1:2000]})[:2]
        short = self.write(monthly("north", seasonal(1)), name="short.csv")
        made = self.create([
            self.sample_step("bronze"),
            self.sample_step("silver-a", ["bronze"]), self.step("silver-b", ["bronze"], short),
            self.sample_step("silver-c", ["bronze"]),
            self.sample_step("gold", ["silver-a", "silver-b", "silver-c"])])
        failed = self.await_over(made)
        self.assertEqual(self.statuses(failed), {
            "bronze": "completed", "silver-a": "completed", "silver-b": "failed",
            "silver-c": "completed", "gold": "skipped"}, failed)
        self.assertEqual(failed["steps"][4]["reason"], "step 'silver-b' failed")

        self.write(monthly("north", seasonal(60)), name="short.csv")
        self.pipelines("retry", made)
        done = self.await_over(made)
        self.assertEqual(set(self.statuses(done).values()), {"completed"}, done)
        batches = [step["batch_id"] for step in done["steps"]]
        self.assertEqual(batches[:4], [step["batch_id"] for step in failed["steps"]][:4])
        _, page = self.server.ask("GET", "/api/v2/jobs?limit=1000")
        self.assertEqual(page["total"], 2 + 2 + 1 + 2 + 2)
        self.assertEqual({job["status"] for job in page["jobs"]}, {"completed"})

    def test_a_server_that_dies_goes_on_with_its_pipelines(self):
        data = self.write(monthly("north", seasonal(60)))
        names = [f"step-{i}" for i in range(6)]
        made = self.create([self.step(name, names[:i][-1:], data) for i, name in enumerate(names)])
        for _ in range(3):
            self.server.process.kill()
            self.server.stop()
            self.start()
        done = self.await_over(made)
        self.assertEqual(set(self.statuses(done).values()), {"completed"}, done)
        _, page = self.server.ask("GET", "/api/v2/batches")
        self.assertEqual(page["total"], len(names))


if __name__ == "__main__":
    unittest.main()
