"""Triggers on real Delta tables: every version that changes data is trained on once."""

import os
import sys
import time
import unittest

from server import Server
from support import ROOT, TerminalTest, monthly, seasonal

sys.path.insert(0, str(ROOT / "tests/support/delta"))
from delta import PYTHON, InBucket, OnDisk, Writer  # noqa: E402

REQUIRED = os.environ.get("TRAINYARD_TEST_REQUIRE_SERVICES") == "1"


@unittest.skipUnless(PYTHON.exists() or REQUIRED, f"{PYTHON} is missing: deploy/setup --tests")
class DeltaTest(TerminalTest):
    Place = OnDisk

    def setUp(self):
        super().setUp()
        if self.Place.why_not:
            if REQUIRED:
                self.fail(self.Place.why_not)
            self.skipTest(self.Place.why_not)
        self.place = self.Place(self.path)
        self.table = self.place.uri
        self.data = self.write(monthly("north", seasonal(36)))
        self.server = None
        self.restart()
        self.addCleanup(lambda: self.server.stop())
        self.writer = self.new_writer()

    def restart(self):
        if self.server:
            self.server.process.kill()
            self.server.stop()
        self.server = Server(self.path, {**self.environment(),
                                         "TRAINYARD_DATA_BUCKETS": "s3://data",
                                         "TRAINYARD_DATA_DIR": str(self.path / "state"),
                                         "TRAINYARD_WORKER_LEASE_SECONDS": "5"}, "standalone")

    def environment(self):
        return {**super().environment(), **self.Place.environment}

    def new_writer(self):
        writer = Writer(self.table, self.environment())
        self.addCleanup(writer.stop)
        return writer

    def put(self, **spec):
        status, made = self.server.ask("PUT", "/api/v2/triggers/sales", {
            "table": self.table, "models": ["naive"],
            "config": {"data_path": str(self.data), "horizon": 2}, **spec})
        self.assertIn(status, (200, 201), made)

    def decisions(self, outcome):
        """Oldest first."""
        _, page = self.server.ask("GET", "/api/v2/triggers/sales/decisions?limit=1000")
        return [d for d in reversed(page["decisions"]) if d["outcome"] == outcome]

    def await_that(self, what, question):
        deadline = time.monotonic() + 60
        while not (answer := question()):
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)
        return answer

    def covered(self):
        """The versions that a decision to train names, each as often as it is named."""
        return sorted(version for fired in self.decisions("fired")
                      for version in range(fired["data"]["from"], fired["data"]["to"] + 1))

    def skipped(self):
        return {d["data"]["version"]: d["reason"] for d in self.decisions("skipped")}

    def await_version(self, version):
        """Until everything up to it is decided on and trained on."""
        self.await_that(f"version {version} is decided on",
                        lambda: version in self.covered() or version in self.skipped())
        self.await_that("all events became batches",
                        lambda: len(self.decisions("started")) == len(self.decisions("fired")))

    def assert_each_cause_has_one_batch(self):
        _, page = self.server.ask("GET", "/api/v2/jobs?limit=1000")
        causes = [job["cause"]["id"] for job in page["jobs"]]
        self.assertEqual(len(causes), len(set(causes)))
        batches = {d["data"]["batch_id"] for d in self.decisions("started")}
        self.assertEqual({job["batch_id"] for job in page["jobs"]}, batches)
        self.assertEqual(self.decisions("failed"), [])
        self.await_that("all jobs are completed", lambda: all(
            job["status"] == "completed" for job in
            self.server.ask("GET", "/api/v2/jobs?limit=1000")[1]["jobs"]))


class DeltaTriggers(DeltaTest):
    def test_a_table_that_appears_later_is_followed_through_all_kinds_of_commits(self):
        self.put()
        self.await_that("it watches", lambda: self.decisions("watching"))
        self.assertEqual(self.decisions("watching")[0]["reason"], "until the table appears")
        changes = [("append", {"count": 10}), ("append", {"store": "south", "count": 5}),
                   ("delete", {"where": "store = 'south' AND day = 2"}),
                   ("merge", {"first": 8, "count": 4}), ("overwrite", {"count": 3}),
                   ("append", {"first": 20})]
        trained = []
        for action, arguments in changes:
            trained.append(self.writer.do(action, **arguments))
            self.await_version(trained[-1])
        before = self.writer.do("compact")
        last = self.writer.do("vacuum")
        for day in range(12):
            last = self.writer.do("append", first=30 + day)
        self.assertTrue(any(".checkpoint" in name for name in self.place.log_names()))
        self.await_version(last)
        covered, skipped = self.covered(), self.skipped()
        self.assertEqual(len(covered), len(set(covered)), "a version was trained on twice")
        self.assertEqual(set(covered) | set(skipped), set(range(last + 1)), "one was missed")
        self.assertTrue(all(version > before - 1 for version in skipped), skipped)
        self.assertTrue(all("changed no data" in reason for reason in skipped.values()), skipped)
        self.assertTrue(set(trained) <= set(covered))
        self.assert_each_cause_has_one_batch()

    def test_writers_at_a_time_and_a_crash_lose_and_double_nothing(self):
        self.writer.do("append")
        self.put(start="earliest")
        writers = [self.new_writer() for _ in range(3)]
        for number, writer in enumerate(writers):
            writer.begin("append_among_others", store=f"store-{number}", count=6)
        self.await_version(3)
        self.restart()
        last = max(writer.end() for writer in writers)
        self.assertEqual(last, 18)
        self.await_version(last)
        self.assertEqual(self.covered(), list(range(last + 1)))
        self.assert_each_cause_has_one_batch()

    def test_a_log_file_that_is_cut_off_is_waited_for_and_said(self):
        self.writer.do("append")
        self.put()
        self.await_that("it watches", lambda: self.decisions("watching"))
        whole = self.place.read(0).splitlines()
        commit = "\n".join(line for line in whole if '"add"' in line or '"commitInfo"' in line)
        self.place.write(1, commit[:len(commit) - 40])
        waiting = self.await_that("the reason is told", lambda: self.decisions("waiting"))
        self.assertIn("version 1 of the table's log", waiting[0]["reason"])
        self.place.write(1, commit)
        self.await_version(1)
        self.assertEqual(self.covered(), [1])
        self.assert_each_cause_has_one_batch()

    def test_only_the_segments_that_changed_are_trained(self):
        self.data = self.write(monthly("north", seasonal(36)) + monthly("south", seasonal(36)))
        self.writer.do("append")
        self.put(changed_segments_only=True, segment_col="store",
                 config={"data_path": str(self.data), "horizon": 2, "segment_col": "unique_id"})
        self.await_that("it watches", lambda: self.decisions("watching"))
        self.await_version(self.writer.do("append", store="south", first=9))
        _, page = self.server.ask("GET", "/api/v2/jobs")
        self.assertEqual([job["segment_id"] for job in page["jobs"]], ["south"])

    def test_the_event_of_a_trigger_that_another_system_sends_too_starts_nothing_more(self):
        self.writer.do("append")
        self.put()
        self.await_that("it watches", lambda: self.decisions("watching"))
        self.await_version(self.writer.do("append", first=5))
        _, page = self.server.ask("GET", "/api/v2/jobs")
        cause = page["jobs"][0]["cause"]
        event = {"specversion": "1.0", **cause, "time": "2026-03-01T12:00:00Z",
                 "data": {"table": self.table, "reason": "another system saw it too",
                          "config": {"data_path": str(self.data), "horizon": 2}}}
        status, answer = self.server.ask("POST", "/api/v2/events", event, headers={
            "Content-Type": "application/cloudevents+json"})
        self.assertEqual((status, answer["repeated"]), (202, True), answer)
        self.assertEqual(answer["batch_id"], page["jobs"][0]["batch_id"])


class DeltaTriggersInABucket(DeltaTriggers):
    Place = InBucket


class DeltaTraining(DeltaTest):
    """The naive forecast of a store is its last value, so it tells what was read."""

    def last_values(self, version=None):
        path = self.table if version is None else f"{self.table}@v{version}"
        done = self.train(path, "--segment", "store", "--time", "ds", "--target", "sold",
                          horizon="1", models="naive")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["segment"]: float(row["yhat"]) for row in self.rows("best.csv")}

    def test_a_table_is_trained_on_as_it_is_and_as_it_was(self):
        self.writer.do("append", count=5)
        self.writer.do("append", store="south west", count=7)
        self.assertEqual(self.last_values(), {"north": 4, "south west": 6})
        self.writer.do("delete", where="store = 'south west' AND day > 3")
        self.assertEqual(self.last_values(), {"north": 4, "south west": 3})
        self.writer.do("overwrite", count=9)
        for day in range(9):
            last = self.writer.do("append", first=9 + day)
        self.assertTrue(any(".checkpoint" in name for name in self.place.log_names()))
        self.assertEqual(self.last_values(), {"north": 0})
        self.assertEqual(self.last_values(1), {"north": 4, "south west": 6})
        self.writer.do("vacuum")
        refused = self.train(f"{self.table}@v1", models="naive")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("version 1 of the table cannot be read", refused.stderr)
        refused = self.train(f"{self.table}@v{last + 9}", models="naive")
        self.assertIn("its newest is", refused.stderr)

    def test_a_trigger_trains_on_the_version_that_fired_it(self):
        self.writer.do("append", count=6)
        columns = {"time_col": "ds", "target_col": "sold", "segment_col": "store", "horizon": 2}
        status, made = self.server.ask("PUT", "/api/v2/triggers/sales", {
            "table": self.table, "models": ["naive"], "config": columns})
        self.assertIn(status, (200, 201), made)
        self.await_that("it watches", lambda: self.decisions("watching"))
        for version in (1, 2):
            self.assertEqual(self.writer.do("append", first=5 + version), version)
            self.await_version(version)
        _, page = self.server.ask("GET", "/api/v2/jobs?limit=1000")
        jobs = [self.server.ask("GET", f"/api/v2/jobs/{job['job_id']}")[1] for job in page["jobs"]]
        self.assertEqual([job["config"]["data_path"] for job in jobs],
                         [f"{self.table}@v2", f"{self.table}@v1"])
        self.assert_each_cause_has_one_batch()


class DeltaTrainingInABucket(DeltaTraining):
    Place = InBucket


if __name__ == "__main__":
    unittest.main()
