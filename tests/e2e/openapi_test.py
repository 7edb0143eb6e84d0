"""What the API does with whatever its own description allows, and does not."""

import os
import subprocess
import unittest

from server import Server
from support import ROOT, TerminalTest, monthly, seasonal

SCHEMATHESIS = ROOT / ".deps/python/bin/schemathesis"
REQUIRED = os.environ.get("TRAINYARD_TEST_REQUIRE_SERVICES") == "1"
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "unsupported_method"]
# /ws is no request and a stream has no end; /api/train waits for its job, and takes what
# /api/train-serverless takes.
LEFT_OUT = ["/ws", "/api/v2/stream", "/api/train"]


@unittest.skipUnless(SCHEMATHESIS.exists() or REQUIRED,
                     f"{SCHEMATHESIS} is missing: deploy/setup --tests")
class Description(TerminalTest):
    """Requests made of schemas/openapi.json, right ones and wrong ones, the same in every run."""

    def setUp(self):
        super().setUp()
        self.server = Server(self.path, self.environment(), "standalone", "--data-dir", "data")
        self.addCleanup(self.server.stop)
        self.data = str(self.write(monthly("a", seasonal(60))))

    def made(self, method, path, body, name):
        status, answer = self.server.ask(method, path, body)
        self.assertIn(status, (200, 201), answer)
        return answer[name]

    def known_records(self):
        """Of every kind one that exists, so that requests get further than 404."""
        config = {"data_path": self.data, "horizon": 3}
        job = self.made("POST", "/api/v2/jobs", {"config": {**config, "models": ["naive"]}},
                        "job_id")
        batch = self.made("POST", "/api/v2/batches", {"config": config, "models": ["naive"]},
                          "batch_id")
        self.made("PUT", "/api/v2/templates/known", {"config": {"horizon": 3}}, "name")
        self.made("PUT", "/api/v2/schedules/known", {"cron": "0 0 1 1 *", "config": config}, "name")
        self.made("PUT", "/api/v2/triggers/known", {"table": "/no/table", "template": "known"},
                  "name")
        key = self.made("POST", "/api/v2/keys", {"user": "ada"}, "key_id")
        return {"/api/v2/jobs/": ("id", job), "/api/v2/batches/": ("id", batch),
                "/api/v2/templates/": ("name", "known"), "/api/v2/schedules/": ("name", "known"),
                "/api/v2/triggers/": ("name", "known"), "/api/v2/keys/": ("id", key),
                "/api/job-status/": ("run_id", f"local-{job}")}

    def settings(self):
        blocks = [f'[[operations]]\ninclude-path-regex = "^{prefix}"\n'
                  f'parameters = {{ "path.{name}" = "{value}" }}\n'
                  for prefix, (name, value) in self.known_records().items()]
        file = self.path / "schemathesis.toml"
        file.write_text("\n".join(blocks), encoding="utf-8")
        return file

    def test_holds_for_requests_made_of_it(self):
        left_out = [part for path in LEFT_OUT for part in ("--exclude-path", path)]
        run = subprocess.run(
            [SCHEMATHESIS, "--config-file", self.settings(), "run",
             f"{self.server.url}/openapi.json", "--phases", "examples,coverage,fuzzing",
             "--checks", ",".join(CHECKS), "--max-examples", "12", "--seed", "7", "--no-shrink",
             "--continue-on-failure", "--request-timeout", "20", *left_out],
            capture_output=True, text=True, timeout=400, cwd=self.path, check=False,
            env=self.environment())
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
