#!/usr/bin/env python3
"""A training process that dies, hangs or is stopped takes its own job with it and nothing else."""

import http.client
import json
import os
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from fleet import ROOT, Process, await_gone, free_port  # noqa: E402

BINARY = os.environ.get("TRAINYARD_TEST_BINARY", str(ROOT / "build/release/trainyard"))
ENDS = {"completed", "failed", "cancelled"}


class Standalone:
    """`trainyard standalone` on a data directory that outlives it."""

    def __init__(self, directory, **settings):
        self.port = free_port()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TRAINYARD_")}
        command = [BINARY, "standalone", "--port", str(self.port), "--data-dir",
                   str(Path(directory) / "data"), "--drills-allowed", "true",
                   "--log-level", "warn", "--worker-children", "2",
                   "--job-retry-delay-seconds", "0", "--worker-stall-seconds-max", "1"]
        for name, value in settings.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        self.process = Process("standalone", command, clean, directory)

    def start(self):
        self.process.start()
        while True:
            try:
                if self.ask("GET", "/health")[0] == 200:
                    return
            except OSError:
                if self.process.child.poll() is not None:
                    raise RuntimeError(self.process.log_path.read_text()) from None
                time.sleep(0.02)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def submit(self, drill):
        status, job = self.ask("POST", "/api/v2/jobs?submit=true", {"config": {"drill": drill}})
        assert status == 201, job
        return job["job_id"]

    def job(self, job_id):
        return self.ask("GET", f"/api/v2/jobs/{job_id}")[1]

    def await_status(self, job_id, wanted, limit_seconds=60):
        deadline = time.monotonic() + limit_seconds
        while (job := self.job(job_id))["status"] not in wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"still {job['status']} after {limit_seconds} s: {job}")
            time.sleep(0.02)
        return job

    def await_end(self, job_id, limit_seconds=60):
        return self.await_status(job_id, ENDS, limit_seconds)


class ChildDeaths(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="trainyard-deaths-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def start(self, **settings):
        standalone = Standalone(self.directory, **settings)
        standalone.start()
        self.addCleanup(lambda: standalone.process.stop())
        return standalone

    def test_each_bad_job_fails_alone(self):
        trainyard = self.start()
        expected = {"crash": ("failed", "cluster", 1), "abort": ("failed", "cluster", 1),
                    "oom": ("failed", "cluster", 1), "hang": ("failed", "cluster", 1),
                    "fail:data": ("failed", "data", 0),
                    "fail:transient": ("failed", "transient", 3),
                    "noop": ("completed", None, 0), "sleep:300": ("completed", None, 0)}
        jobs = []
        for _ in range(4):  # bad ones among good ones, in every child
            for drill in expected:
                jobs.append((drill, trainyard.submit(drill)))
                jobs.append(("noop", trainyard.submit("noop")))
        for drill, job_id in jobs:
            with self.subTest(drill=drill):
                job = trainyard.await_end(job_id)
                self.assertEqual((job["status"], job["error_category"], job["retry_count"]),
                                 expected[drill])
                self.assertEqual(job["interruptions"], 0)
                self.assertEqual(job["attempt"], job["retry_count"] + 1)
                if job["status"] == "failed":
                    self.assertTrue(job["error"])
        self.assertIsNone(trainyard.process.child.poll())

    def test_cancel_ends_running_work_and_repeats_to_the_same(self):
        trainyard = self.start()
        for drill in ("sleep:60000", "hang"):
            with self.subTest(drill=drill):
                job_id = trainyard.submit(drill)
                trainyard.await_status(job_id, {"running"})
                began = time.monotonic()
                status, answer = trainyard.ask("POST", f"/api/v2/jobs/{job_id}/cancel")
                self.assertEqual(status, 200, answer)
                self.assertIn(answer["status"], {"cancelling", "cancelled"})
                self.assertEqual(trainyard.await_end(job_id)["status"], "cancelled")
                took = time.monotonic() - began
                print(f"cancel of {drill}: cancelled after {took:.3f} s")
                before = trainyard.job(job_id)
                status, answer = trainyard.ask("POST", f"/api/v2/jobs/{job_id}/cancel")
                self.assertEqual((status, answer["status"]), (200, "cancelled"))
                self.assertEqual(trainyard.job(job_id)["version"], before["version"])

    def test_drain_hands_back_and_a_restart_completes(self):
        trainyard = self.start(worker_drain_seconds=1)
        # Long enough to be still running at the SIGTERM, however slow the machine is.
        jobs = [trainyard.submit(drill) for drill in ["sleep:10000"] * 2 + ["noop"] * 2]
        for job_id in jobs[:2]:
            trainyard.await_status(job_id, {"running"})
        began = time.monotonic()
        self.assertEqual(trainyard.process.stop(), 0)
        print(f"SIGTERM with two running jobs: code 0 after {time.monotonic() - began:.2f} s")
        began = time.monotonic()
        trainyard.start()
        ended = [trainyard.await_end(job_id) for job_id in jobs]
        print(f"all four completed {time.monotonic() - began:.2f} s after the restart")
        for job in ended:
            self.assertEqual((job["status"], job["retry_count"], job["error_category"]),
                             ("completed", 0, None))
        self.assertEqual([job["interruptions"] for job in ended[:2]], [1, 1])

    def test_a_killed_process_leaves_no_child_and_a_restart_completes(self):
        trainyard = self.start(worker_lease_seconds=2)
        jobs = [trainyard.submit(drill) for drill in ("sleep:3000", "hang", "noop")]
        for job_id in jobs[:2]:
            trainyard.await_status(job_id, {"running"})
        children = trainyard.process.children()
        self.assertGreaterEqual(len(children), 2)
        killed = time.monotonic()
        trainyard.process.child.send_signal(signal.SIGKILL)
        trainyard.process.child.wait()
        gone = await_gone(children, 5)
        self.assertIsNotNone(gone, "children outlived their worker")
        trainyard.start()
        job = trainyard.await_end(jobs[0])
        print(f"SIGKILL: children gone after {gone:.3f} s, its job completed by the next process "
              f"{time.monotonic() - killed:.2f} s later")
        self.assertEqual((job["status"], job["retry_count"], job["interruptions"]),
                         ("completed", 0, 1))
        self.assertEqual(trainyard.await_end(jobs[1])["error_category"], "cluster")
        self.assertEqual(trainyard.await_end(jobs[2])["status"], "completed")


if __name__ == "__main__":
    unittest.main()
