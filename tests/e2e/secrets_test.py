"""No secret reaches a log: every role of a fleet at debug level, also with what it cannot reach."""

import os
import subprocess
import tempfile
import time
import unittest
import uuid

from issuer import Issuer, Key, token
from server import Server
from support import BINARY, TerminalTest

POSTGRES, KAFKA = os.environ.get("TRAINYARD_TEST_POSTGRES"), os.environ.get("TRAINYARD_TEST_KAFKA")
REQUIRED = os.environ.get("TRAINYARD_TEST_REQUIRE_SERVICES") == "1"
DATABASE_PASSWORD, BROKER_PASSWORD = "pg-5ecret-word", "kafka-5ecret-word"
WEBHOOK_SECRET = "webhook-5ecret-word"
BUCKET_SECRET, BUCKET_TOKEN = "bucket-5ecret-word", "bucket-t0ken-word"


@unittest.skipUnless((POSTGRES and KAFKA) or REQUIRED,
                     "set TRAINYARD_TEST_POSTGRES and TRAINYARD_TEST_KAFKA to test with")
class Secrets(TerminalTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="trainyard-issuer-")
        self.addCleanup(folder.cleanup)
        self.key = Key(folder.name, "key-1", "ES256")
        self.issuer = Issuer([self.key])
        self.addCleanup(self.issuer.close)
        self.schema = f"test_secrets_{uuid.uuid4().hex}"
        self.sql(f"CREATE SCHEMA {self.schema}")
        self.addCleanup(self.sql, f"DROP SCHEMA {self.schema} CASCADE")
        self.secrets = {DATABASE_PASSWORD, BROKER_PASSWORD, WEBHOOK_SECRET, BUCKET_SECRET,
                        BUCKET_TOKEN}
        self.said = []

    def sql(self, text):
        subprocess.run(["psql", POSTGRES, "-qXc", f"SET client_min_messages = warning; {text}"],
                       check=True, capture_output=True)

    def fleet(self, **changed):
        uri = POSTGRES.replace("@", f":{DATABASE_PASSWORD}@", 1)
        uri += f"{'&' if '?' in uri else '?'}options=-csearch_path%3D{self.schema}"
        return {**self.environment(), **self.issuer.settings(), "TRAINYARD_LOG_LEVEL": "debug",
                "TRAINYARD_STORE_TYPE": "postgres", "TRAINYARD_STORE_POSTGRES_URI": uri,
                "TRAINYARD_KAFKA_BROKERS": KAFKA, "TRAINYARD_KAFKA_SASL_MECHANISM": "PLAIN",
                "TRAINYARD_KAFKA_SASL_USERNAME": "trainyard",
                "TRAINYARD_KAFKA_SASL_PASSWORD": BROKER_PASSWORD,
                "TRAINYARD_EVENTS_WEBHOOK_SECRET": WEBHOOK_SECRET,
                "AWS_ACCESS_KEY_ID": "trainyard", "AWS_SECRET_ACCESS_KEY": BUCKET_SECRET,
                "AWS_SESSION_TOKEN": BUCKET_TOKEN, "S3_ENDPOINT": "http://127.0.0.1:1",
                "TRAINYARD_DATA_DIR": str(self.path / "data"),
                "TRAINYARD_DRILLS_ALLOWED": "true", **changed}

    def run_command(self, *command, **changed):
        done = subprocess.run([BINARY, *command], env=self.fleet(**changed), cwd=self.path,
                              capture_output=True, text=True, timeout=120)
        self.said.append((" ".join(command), done.stderr))
        return done

    def start(self, role):
        log = self.path / f"{role}.log"
        with open(log, "ab") as file:
            process = subprocess.Popen([BINARY, role], env=self.fleet(), cwd=self.path, stdout=file,
                                       stderr=file)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def wait_for(self, server, job, credential):
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            _, record = server.ask("GET", f"/api/v2/jobs/{job}", credential=credential)
            if record["status"] in ("completed", "failed", "cancelled"):
                return record["status"]
            os.sched_yield()
        return "still " + record["status"]

    def use_every_way_in(self, server, key):
        jwt = token(self.key, self.issuer.claims())
        self.secrets |= {key, key[20:], jwt, jwt.split(".")[2]}
        job = {"config": {"drill": "noop"}}
        for credential in (key, jwt):
            status, made = server.ask("POST", "/api/v2/jobs?submit=true", job, credential)
            self.assertEqual(status, 201)
            self.assertEqual(self.wait_for(server, made["job_id"], credential), "completed")
        for wrong in (key[:-1] + "x", jwt[:-4] + "AAAA"):
            self.secrets.add(wrong)
            self.assertEqual(server.ask("GET", "/api/v2/jobs", credential=wrong)[0], 401)
        signed = {"Content-Type": "application/cloudevents+json",
                  "X-Trainyard-Signature": "sha256=00"}
        self.assertEqual(server.ask("POST", "/api/v2/events", {}, key, signed)[0], 401)
        _, made = server.ask("POST", "/api/v2/keys", {"user": "bob"}, key)
        self.secrets |= {made["key"], made["key"][20:]}
        server.ask("POST", "/api/v2/session", credential=made["key"])
        server.ask("GET", "/api/v2/jobs", headers={"Cookie": f"trainyard_session={made['key']}"})
        server.ask("DELETE", f"/api/v2/keys/{made['key_id']}", credential=key)

    def test_no_log_and_no_message_holds_a_secret(self):
        self.assertEqual(self.run_command("migrate").returncode, 0, self.said)
        root = self.run_command("keys", "create", "--user", "root", "--role", "admin")
        workers = [self.start(role) for role in ("control", "worker")]
        api = Server(self.path, self.fleet(), "api", log=self.path / "api.log")
        self.addCleanup(api.stop)
        notifier = Server(self.path, self.fleet(), "notifier", log=self.path / "notifier.log")
        self.use_every_way_in(api, root.stdout.strip())
        self.assertEqual(notifier.stop(), 0)
        for process in workers:
            process.terminate()
            self.assertEqual(process.wait(timeout=60), 0)

        # What fails speaks most.
        self.run_command("doctor")
        self.run_command("doctor", TRAINYARD_KAFKA_SECURITY_PROTOCOL="sasl_plaintext")
        self.run_command("doctor", ARTIFACT_URI="s3://models")
        self.run_command("train", "s3://models/a.csv", "--horizon", "1")
        nowhere = f"postgresql://trainyard:{DATABASE_PASSWORD}@127.0.0.1:1/none"
        self.run_command("doctor", TRAINYARD_STORE_POSTGRES_URI=nowhere)
        self.run_command("migrate", TRAINYARD_STORE_POSTGRES_URI=nowhere + " and nonsense")
        printed = self.run_command("--print-config", TRAINYARD_API_KEY=BROKER_PASSWORD)
        self.said.append(("--print-config", printed.stdout))

        logs = [(file.name, file.read_text()) for file in self.path.glob("*.log")]
        self.assertEqual({name for name, text in logs if text},
                         {"api.log", "control.log", "notifier.log", "worker.log"})
        for name, text in logs + self.said:
            for secret in self.secrets:
                self.assertNotIn(secret, text, f"{name} holds a secret")


if __name__ == "__main__":
    unittest.main(verbosity=2)
