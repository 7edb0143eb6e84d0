"""A Trainyard to measure: started in either mode, asked over HTTP, checked in its store."""

import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "loadtest"), str(ROOT / "tests/faults")]
from fleet import Process, free_port  # noqa: E402
from processes import cpu_seconds, tree_of  # noqa: E402


def seconds_of(iso):
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores, {model}"


class Side:
    """A running Trainyard: where its API listens and how to read its store."""

    def __init__(self, name, port, query, processes):
        self.name, self.port, self.query, self.processes = name, port, query, processes
        self.counted = "true"

    def count_only(self, condition):
        """Leaves other jobs than these out of its counts, and so does not read through them."""
        self.counted = condition

    def start(self):
        for process in self.processes:
            process.start()
        while True:  # until the first answer
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                if any(p.child.poll() is not None for p in self.processes):
                    raise SystemExit(f"{self.name} did not start; see {self.processes[0].log_path}")
                time.sleep(0.02)

    def stop(self):
        for process in reversed(self.processes):
            process.stop()

    def await_end(self):
        while int(self.query("SELECT count(*) FROM jobs WHERE completed_at IS NULL "
                             f"AND {self.counted}")[0][0]) > 0:
            time.sleep(0.05)

    def throughput(self, client, jobs, per_request, *more):
        before = self.count_completed()
        done = subprocess.run(
            [client, "--port", str(self.port), "--jobs", str(jobs), "--per-request",
             str(per_request), *more], capture_output=True, text=True, check=True)
        sent = json.loads(done.stdout)
        self.await_end()
        assert self.count_completed() - before == jobs, "some job did not complete"
        last = self.query(f"SELECT {self.last_completed} FROM jobs WHERE {self.counted}")[0][0]
        return sent["accepted_per_second"], jobs / (float(last) - sent["began_at"])

    def warm_up(self, client, jobs):
        if jobs > 0:
            self.throughput(client, jobs, 1)

    def count_completed(self):
        return int(self.query("SELECT count(*) FROM jobs WHERE status = 'completed' "
                              f"AND {self.counted}")[0][0])

    def latency(self, samples):
        """From just before the request to the moment the child begins, as the child saw it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = json.dumps({"config": {"drill": "stamp"}})
        sent = {}
        for _ in range(samples):
            at = time.time()
            connection.request("POST", "/api/v2/jobs?submit=true", body,
                               {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            sent[answer["job_id"]] = at
            time.sleep(0.02)  # unloaded: one at a time, with air between
        self.await_end()
        waits = []
        for job, at in list(sent.items())[samples // 10:]:  # the first tenth warms up
            connection.request("GET", f"/api/v2/jobs/{job}/results")
            began = json.loads(connection.getresponse().read())["results"]["began_at"]
            waits.append((seconds_of(began) - at) * 1000)
        waits.sort()
        return waits[len(waits) // 2], waits[len(waits) * 99 // 100]


class Fleet(Side):
    last_completed = "extract(epoch FROM max(completed_at))"

    def __init__(self, binary, postgres, kafka, directory):
        port = free_port()
        self.postgres = postgres
        environment = {**os.environ,
                       "TRAINYARD_STORE_TYPE": "postgres",
                       "TRAINYARD_STORE_POSTGRES_URI": postgres.uri,
                       "TRAINYARD_KAFKA_BROKERS": f"127.0.0.1:{kafka.port}",
                       "TRAINYARD_DATA_DIR": str(directory / "fleet"),
                       "TRAINYARD_HTTP_PORT": str(port),
                       "TRAINYARD_DRILLS_ALLOWED": "true", "TRAINYARD_LOG_LEVEL": "warn"}
        subprocess.run([binary, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
        super().__init__("fleet", port, postgres.query,
                         [Process(role, [binary, role], environment, directory)
                          for role in ("api", "control", "worker")])

    def cpu_seconds(self):
        """Of the roles and of PostgreSQL: all that a job goes through but Kafka."""
        server = int((self.postgres.directory / "data/postmaster.pid").read_text().split()[0])
        pids = [process.child.pid for process in self.processes] + [server]
        return sum(cpu_seconds(pid) for pid in tree_of(pids))


class Standalone(Side):
    last_completed = "max(completed_at) / 1e6"

    def __init__(self, binary, directory):
        port = free_port()
        data = directory / "standalone"
        environment = {**os.environ, "TRAINYARD_DATA_DIR": str(data),
                       "TRAINYARD_HTTP_PORT": str(port),
                       "TRAINYARD_DRILLS_ALLOWED": "true", "TRAINYARD_LOG_LEVEL": "warn"}

        def query(sql):
            with sqlite3.connect(data / "jobs.db", timeout=30) as connection:
                return connection.execute(sql).fetchall()

        super().__init__("standalone", port, query,
                         [Process("standalone", [binary, "standalone"], environment, directory)])
