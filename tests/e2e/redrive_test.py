"""Failed jobs get another go at the terminal: one, and all that match."""

import json
import subprocess
import time
import unittest

from server import Server
from support import BINARY, TerminalTest


class Redrive(TerminalTest):
    def setUp(self):
        super().setUp()
        self.server = Server(self.path, {**self.environment(), "TRAINYARD_DRILLS_ALLOWED": "true",
                                         "TRAINYARD_DATA_DIR": str(self.path / "state")},
                             "standalone")
        self.addCleanup(lambda: self.server.stop())

    def jobs(self, *arguments, code=0):
        done = subprocess.run([BINARY, "jobs", "--url", self.server.url, *arguments],
                              capture_output=True, text=True, timeout=60,
                              env=self.environment(), cwd=self.path)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout

    def submit(self, drill, *arguments):
        file = self.path / "job.json"
        file.write_text(json.dumps({"data_path": "none.csv", "target_col": "y", "time_col": "ds",
                                    "horizon": 3, "models": ["naive"], "drill": drill}),
                        encoding="utf-8")
        return self.jobs("submit", str(file), *arguments).strip()

    def await_status(self, job, status):
        deadline = time.monotonic() + 60
        while (record := self.server.ask("GET", f"/api/v2/jobs/{job}")[1])["status"] != status:
            self.assertLess(time.monotonic(), deadline, record)
            time.sleep(0.02)
        return record

    def test_one_job_with_an_edited_config(self):
        job = self.submit("fail:config")
        self.await_status(job, "failed")
        self.assertEqual(self.jobs("redrive", job, "--set", "drill=noop").strip(), "submitting")
        self.assertEqual(self.await_status(job, "completed")["config"]["drill"], "noop")

    def test_all_that_match(self):
        failed = [self.submit("fail:config") for _ in range(3)]
        other = self.submit("fail:data")
        for job in [*failed, other]:
            self.await_status(job, "failed")
        matching = ["--status", "failed", "--category", "config"]
        self.assertEqual(self.jobs("redrive", *matching, "--dry-run").strip(),
                         "3 matched, 0 changed, 0 refused")
        self.assertEqual(self.jobs("redrive", *matching, "--set", "drill=noop").strip(),
                         "3 matched, 3 changed, 0 refused")
        for job in failed:
            self.await_status(job, "completed")
        self.assertEqual(self.jobs("delete", "--status", "failed").strip(),
                         "1 matched, 1 changed, 0 refused")
        self.jobs("delete", code=2)

    def test_a_unique_job_is_named_again(self):
        job = self.submit("noop", "--unique", "nightly")
        self.assertEqual(self.submit("noop", "--unique", "nightly"), job)
        self.assertNotEqual(self.submit("noop", "--unique", "hourly"), job)


if __name__ == "__main__":
    unittest.main()
