"""A long training that is interrupted goes on where it was, and comes to the same forecast."""

import signal
import time
import unittest

from server import Server
from support import TerminalTest, monthly

ROUNDS = 6_000
LIMIT = 240  # seconds, only to end a test that would hang


class Resume(TerminalTest):
    def environment(self):
        return {**super().environment(),
                "TRAINYARD_JOB_CHECKPOINT_INTERVAL_SECONDS": "1",
                "TRAINYARD_WORKER_LEASE_SECONDS": "2",
                "TRAINYARD_WORKER_DRAIN_SECONDS": "0"}

    def serve(self):
        server = Server(self.path, self.environment(), "standalone", "--data-dir",
                        str(self.path / "data"))
        self.addCleanup(lambda: server.process.poll() is None and server.process.kill())
        return server

    def config(self):
        values = [200 + i % 12 * 7 + (i * 7919 % 101) for i in range(400)]
        return {"data_path": str(self.write(monthly("a", values, 1980))), "horizon": 6,
                "backtest": {"windows": 0}, "models": ["xgboost"],
                "hyperparameters": {"xgboost": {"rounds": ROUNDS, "max_depth": 8,
                                                "learning_rate": 0.001}}}

    def submit(self, server):
        status, job = server.ask("POST", "/api/v2/jobs?submit=true", {"config": self.config()})
        self.assertEqual(status, 201, job)
        return job["job_id"]

    def await_that(self, what, look):
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            if found := look():
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what} did not happen within {LIMIT} s")

    def lines(self, server, job):
        return server.ask("GET", f"/api/v2/jobs/{job}/logs")[1]["lines"]

    def await_line(self, server, job, text):
        return self.await_that(text, lambda: [line for line in self.lines(server, job)
                                              if text in line["line"]])

    def await_end(self, server, job):
        def ended():
            body = server.ask("GET", f"/api/v2/jobs/{job}")[1]
            return body if body["status"] in ("completed", "failed") else None
        body = self.await_that("the end", ended)
        self.assertEqual(body["status"], "completed", body["error"])
        return server.ask("GET", f"/api/v2/jobs/{job}/results")[1]["results"]["forecast"]

    def resumes_after(self, interrupt):
        server = self.serve()
        whole = self.await_end(server, self.submit(server))
        job = self.submit(server)
        self.await_line(server, job, "keeps checkpoints")
        interrupt(server)
        server.process.stdout.close()
        server = self.serve()
        gone_on = self.await_line(server, job, "goes on from a checkpoint at tree")
        self.assertEqual(gone_on[-1]["attempt"], 2)
        self.assertEqual(self.await_end(server, job), whole)
        self.assertEqual(list((self.path / "data" / "artifacts" / "fits").glob("*")), [])
        server.stop()

    def test_after_its_worker_was_killed(self):
        def kill(server):
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        self.resumes_after(kill)

    def test_after_its_worker_was_drained_which_burns_no_attempt(self):
        def drain(server):
            server.process.terminate()
            self.assertEqual(server.process.wait(timeout=60), 0)
        self.resumes_after(drain)


if __name__ == "__main__":
    unittest.main(verbosity=2)
