"""Data and artefacts in buckets of an S3 server."""

import os
import subprocess
import sys
import unittest
import uuid

from server import Server
from support import BINARY, ROOT, TerminalTest, monthly, seasonal

sys.path.insert(0, str(ROOT / "tests/support/s3"))
import bucket  # noqa: E402

REQUIRED = os.environ.get("TRAINYARD_TEST_REQUIRE_SERVICES") == "1"


@unittest.skipUnless(bucket.SERVER or REQUIRED, "TRAINYARD_TEST_S3 is not set")
class S3(TerminalTest):
    def setUp(self):
        super().setUp()
        self.ground = f"s3://data/{uuid.uuid4()}"
        self.file = self.write(monthly("north", seasonal(36)) + monthly("south", seasonal(36)))

    def environment(self):
        return {**super().environment(), **bucket.ENVIRONMENT}

    def put(self, name, file=None):
        bucket.put(f"{self.ground}/{name}", file or self.file)
        return f"{self.ground}/{name}"

    def serve(self, **settings):
        server = Server(self.path, {**self.environment(), **settings,
                                    "TRAINYARD_DATA_DIR": str(self.path / "state")}, "standalone")
        self.addCleanup(server.stop)
        return server

    def create(self, server, data, **config):
        return server.ask("POST", "/api/v2/batches", {
            "models": ["naive"], "config": {"data_path": data, "horizon": 2, **config}})

    def finish(self, server, batch):
        while True:
            _, answer = server.ask("GET", f"/api/v2/batches/{batch['batch_id']}")
            if answer["status"] != "running":
                return answer

    def test_the_terminal_trains_on_an_object_as_on_a_file(self):
        done = self.train(self.put("sales 2024.csv"))
        self.assertEqual(done.returncode, 0, done.stderr)
        from_bucket = self.rows("best.csv")
        self.assertEqual(self.train(self.file).returncode, 0)
        self.assertEqual(from_bucket, self.rows("best.csv"))

    def test_jobs_read_objects_and_keep_their_artefacts_in_a_bucket(self):
        artifacts = f"s3://artifacts/{uuid.uuid4()}"
        server = self.serve(TRAINYARD_DATA_BUCKETS=self.ground, TRAINYARD_ARTIFACT_URI=artifacts)
        status, batch = self.create(server, self.put("sales.csv"))
        self.assertEqual(status, 201, batch)
        self.assertEqual(batch["total_jobs"], 2)
        self.assertEqual(self.finish(server, batch)["status"], "completed")
        _, results = server.ask("GET", f"/api/v2/batches/{batch['batch_id']}/results")
        for result in results["results"].values():
            self.assertTrue(result["artifact_uri"].startswith(artifacts), result)
        names = bucket.names_below(f"{artifacts}/jobs/")
        self.assertEqual(len([name for name in names if name.endswith("/model.json")]), 2, names)
        self.assertFalse((self.path / "state/artifacts").exists())

    def test_an_object_that_changed_is_read_anew(self):
        server = self.serve(TRAINYARD_DATA_BUCKETS="s3://data")
        for segments in (["north"], ["north", "south", "west"]):
            rows = [row for name in segments for row in monthly(name, seasonal(24))]
            data = self.put("sales.csv", self.write(rows, name="other.csv"))
            status, batch = self.create(server, data)
            self.assertEqual(status, 201, batch)
            self.assertEqual(batch["total_jobs"], len(segments))
            self.assertEqual(self.finish(server, batch)["status"], "completed")
        kept = [file.suffix for file in (self.path / "state/cache").iterdir()]
        self.assertEqual(kept.count(".csv"), 2, "each version was fetched once")

    def test_only_buckets_that_are_named_may_be_read(self):
        outside = self.put("sales.csv")
        server = self.serve(TRAINYARD_DATA_BUCKETS=f"{self.ground}/allowed,s3://others")
        for data in (outside, f"{self.ground}/allowed-not/a.csv", "s3://artifacts/a.csv",
                     f"{outside}@v3"):
            status, refused = self.create(server, data)
            self.assertEqual((status, refused["field"]), (403, "data_path"), refused)
            self.assertIn("data_buckets", refused["hint"])
        for data in (f"{self.ground}/allowed/../sales.csv", "s3://", "http://127.0.0.1/a.csv",
                     "s3://user@127.0.0.1:80/a.csv"):
            status, refused = self.create(server, data)
            self.assertEqual((status, refused["field"]), (422, "data_path"), refused)
        status, refused = server.ask("PUT", "/api/v2/triggers/t", {
            "table": outside, "config": {"horizon": 2}})
        self.assertEqual((status, refused["field"]), (403, "table"), refused)

    def test_what_is_wrong_with_the_data_or_the_server_is_said(self):
        missing = self.train(f"{self.ground}/nothing.csv")
        self.assertEqual(missing.returncode, 2, missing.stderr)
        self.assertIn("no object and no Delta table", missing.stderr)
        ragged = self.write(["north,2020-01-01"], name="ragged.csv")
        broken = self.train(self.put("ragged.csv", ragged))
        self.assertIn("row 2", broken.stderr)
        object_uri = self.put("sales.csv")
        too_large = self.train(object_uri, "--data-cache-bytes-max", "10")
        self.assertEqual(too_large.returncode, 2)
        self.assertIn("data_cache_bytes_max", too_large.stderr)
        wrong = self.train(object_uri, "--s3-secret-access-key", "not-this-one")
        self.assertIn("AWS_SECRET_ACCESS_KEY", wrong.stderr)
        self.assertNotIn("not-this-one", wrong.stderr + wrong.stdout)

    def test_doctor_tells_whether_artefacts_can_be_kept(self):
        self.assertIn("ok      artefacts    s3://artifacts/doctor",
                      self.doctor("s3://artifacts/doctor"))
        self.assertIn("no such bucket", self.doctor("s3://nobodys-bucket"))
        self.assertEqual(bucket.names_below("s3://artifacts/doctor"), [])

    def doctor(self, artifacts):
        return subprocess.run([BINARY, "doctor"], capture_output=True, text=True, timeout=120,
                              check=False, cwd=self.path,
                              env={**self.environment(), "TRAINYARD_ARTIFACT_URI": artifacts,
                                   "TRAINYARD_DATA_DIR": str(self.path / "state")}).stdout


if __name__ == "__main__":
    unittest.main()
