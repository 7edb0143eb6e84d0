#!/usr/bin/env python3
"""Under load, kills, freezes and stops every part of a fleet at random, then counts.

accepted   jobs that were answered with 201
lost       accepted jobs without an end in their history
doubled    jobs with more than one end in their history (no user retried any)
wrong      jobs that ended otherwise than their drill says, or that retried without a failure
torn       jobs whose record and history disagree

First every kind of fault strikes once, and it is measured how soon the fleet works again; then
they strike at random, one into the other, until all jobs are sent. Exits 0 only if nothing is
lost, doubled, wrong, torn or left behind, nobody died unasked, every SIGTERM was answered with exit
code 0, and no log has an error or a line that is not the log's.
"""

import argparse
import http.client
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from faults import Faults  # noqa: E402
from fleet import ROOT, Fleet  # noqa: E402

DRILLS = ["noop"] * 7 + ["sleep:100"] * 4 + ["sleep:500"] * 2 + ["crash"]
PROBES = 12  # jobs that are to show that all of Kafka's partitions are served again


class Api:
    """One connection that is made again when it breaks."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def post_job(self, drill):
        """The job's id when accepted, None when the API could not say."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request("POST", "/api/v2/jobs?submit=true",
                                    json.dumps({"config": {"drill": drill}}),
                                    {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None
        if answer.status == 201:
            return json.loads(text)["job_id"]
        if answer.status < 500:
            raise RuntimeError(f"the API refused a good job: {answer.status} {text[:500]}")
        return None


class Client(threading.Thread):
    """Sends its share of the jobs one by one; what is not answered 201 is not accepted."""

    def __init__(self, port, jobs, pace_seconds, seed):
        super().__init__(daemon=True)
        self.api, self.jobs, self.pace = Api(port), jobs, pace_seconds
        self.chooser = random.Random(seed)
        self.accepted, self.unanswered, self.problem = [], 0, None

    def run(self):
        try:
            while len(self.accepted) < self.jobs:
                if job := self.api.post_job(self.chooser.choice(DRILLS)):
                    self.accepted.append(job)
                    time.sleep(self.pace)  # spreads the load over the faults
                else:
                    self.unanswered += 1
                    time.sleep(0.1)
        except RuntimeError as problem:
            self.problem = problem


class Recovery:
    """How long after a fault began jobs were accepted, and completed, again."""

    def __init__(self, fleet):
        self.fleet, self.api, self.accepted = fleet, Api(fleet.port), []
        self.lines, self.over_at = [], None

    def measure(self, name, began, began_at):
        probes = []
        while len(probes) < PROBES:
            if job := self.api.post_job("noop"):
                probes.append(job)
                if len(probes) == 1:
                    accepts = time.monotonic() - began
            else:
                time.sleep(0.02)
        self.accepted += probes
        listed = "','".join(probes)
        while self.fleet.postgres.query(f"SELECT count(*) FROM jobs WHERE job_id IN ('{listed}')"
                                        " AND status <> 'completed'") != [["0"]]:
            time.sleep(0.05)
        self.lines.append((name, began_at, accepts, time.monotonic() - began))

    def rescues(self, since, until):
        """How many jobs were taken back from dead workers, and how long after `since` the last."""
        return self.fleet.postgres.query(
            f"SELECT count(*), extract(epoch FROM max(at) - '{since.isoformat()}'::timestamptz)"
            f" FROM job_history WHERE event = 'requeued' AND at >= '{since.isoformat()}'"
            f" AND at < '{until.isoformat()}'")[0]

    def report(self):
        print(f"{'fault':38}{'accepts again':>15}{'works again':>13}{'rescued':>9}"
              f"{'last after':>12}")
        ends = [at for _, at, _, _ in self.lines[1:]] + [self.over_at]
        for (name, at, accepts, works), end in zip(self.lines, ends):
            rescued, last = self.rescues(at, end)
            print(f"{name:38}{accepts:13.2f} s{works:11.2f} s{rescued:>9}"
                  + (f"{float(last):10.2f} s" if last else f"{'-':>12}"))


def strike_all(fleet, faults, recovery, clients, pause, began):
    """The measured round, then strikes until every client is done. Counts by kind."""
    happened = dict.fromkeys(faults.kinds, 0)

    def strike(name, action):
        print(f"[{time.monotonic() - began:6.1f} s] {name}", flush=True)
        action()
        happened[name] += 1

    for name, action in faults.shuffled():
        at, struck = datetime.now(timezone.utc), time.monotonic()
        strike(name, action)
        recovery.measure(name, struck, at)
        time.sleep(pause)
    recovery.over_at = datetime.now(timezone.utc)
    while any(client.is_alive() for client in clients):
        for name, action in faults.shuffled():
            if any(client.is_alive() for client in clients):
                strike(name, action)
                time.sleep(pause)
    return happened


def await_settled(postgres, limit_seconds):
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        if postgres.query("SELECT count(*) FROM jobs WHERE completed_at IS NULL") == [["0"]]:
            return True
        time.sleep(0.2)
    return False


def number(postgres, sql):
    return int(postgres.query(sql)[0][0])


def count(postgres, accepted):
    ends = {job: int(n) for job, n in postgres.query(
        "SELECT job_id, count(*) FROM job_history"
        " WHERE event IN ('completed','failed','cancelled') GROUP BY job_id")}
    states = postgres.query("SELECT status, count(*) FROM jobs GROUP BY status ORDER BY status")
    return {
        "accepted": len(accepted),
        "terminal": sum(1 for job in accepted if job in ends),
        "lost": sum(1 for job in accepted if job not in ends),
        "doubled": sum(1 for n in ends.values() if n > 1),
        "wrong": number(postgres,
                        "SELECT count(*) FROM jobs WHERE CASE WHEN config LIKE '%crash%'"
                        " THEN status <> 'failed' OR error_category <> 'cluster'"
                        " OR retry_count <> 1"
                        " ELSE status <> 'completed' OR retry_count <> 0 END"),
        "torn": number(postgres,
                       "SELECT count(*) FROM jobs j JOIN (SELECT job_id, max(version) AS last,"
                       " (array_agg(to_status ORDER BY version DESC))[1] AS status,"
                       " count(*) FILTER (WHERE event = 'requeued') AS back"
                       " FROM job_history GROUP BY job_id) h USING (job_id)"
                       " WHERE h.last <> j.version OR h.status <> j.status"
                       " OR h.back <> j.interruptions"),
        "states": ", ".join(f"{state} {n}" for state, n in states),
        "interruptions": number(postgres, "SELECT coalesce(sum(interruptions), 0) FROM jobs"),
        "outbox rows left": number(postgres, "SELECT count(*) FROM outbox"),
    }


def waits_of(postgres):
    """Seconds from a job's submission to its first start, over all jobs that started."""
    row = postgres.query(
        "SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY waited) FROM ("
        "SELECT extract(epoch FROM min(s.at) - min(h.at)) AS waited FROM job_history h "
        "JOIN job_history s ON s.job_id = h.job_id AND s.event = 'started' "
        "WHERE h.event = 'submitted' GROUP BY h.job_id) w")[0][0]
    return list(zip(("p50", "p99", "longest"), map(float, row.strip("{}").split(","))))


def arguments_of(argv):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/trainyard"))
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between faults")
    parser.add_argument("--over", type=float, default=75, help="seconds to send the jobs in")
    parser.add_argument("--lease", type=int, default=3, help="seconds")
    parser.add_argument("--keep", action="store_true", help="keep the directory with the logs")
    return parser.parse_args(argv)


def main():
    arguments = arguments_of(sys.argv[1:])
    directory = tempfile.mkdtemp(prefix="trainyard-faults-")
    fleet = Fleet(arguments.binary, directory, {
        "TRAINYARD_WORKER_LEASE_SECONDS": str(arguments.lease),
        "TRAINYARD_JOB_RETRY_DELAY_SECONDS": "1",
        "TRAINYARD_JOB_INTERRUPTIONS_MAX": "1000",
        "TRAINYARD_WORKER_CHILDREN": "2"})
    faults = Faults(fleet, arguments.lease, random.Random(arguments.seed))
    recovery = Recovery(fleet)
    began = time.monotonic()
    settled, counts, happened, waits = False, {}, {}, []
    fleet.start()
    try:
        share = -(-arguments.jobs // arguments.clients)
        clients = [Client(fleet.port, share, arguments.over / share, arguments.seed + n)
                   for n in range(arguments.clients)]
        for client in clients:
            client.start()
        happened = strike_all(fleet, faults, recovery, clients, arguments.pause, began)
        calm = time.monotonic()
        settled = await_settled(fleet.postgres, 180)
        print(f"settled {time.monotonic() - calm:.1f} s after the last fault" if settled
              else "did not settle in 180 s")
        recovery.report()
        waits = waits_of(fleet.postgres)
        counts = count(fleet.postgres,
                       recovery.accepted + [job for c in clients for job in c.accepted])
    finally:
        codes = fleet.stop()

    print("submitted to started: " + ", ".join(f"{name} {value:.2f} s" for name, value in waits))
    print(f"faults: {happened}")
    for name, value in counts.items():
        print(f"{name}: {value}")
    print(f"unanswered requests: {sum(c.unanswered for c in clients)}")
    if faults.children_gone:
        print(f"a killed worker's children were gone after {max(faults.children_gone):.3f} s")
    if faults.stopped:
        name, _, seconds = max(faults.stopped, key=lambda each: each[2])
        print(f"slowest SIGTERM: {name}, {seconds:.1f} s")
    trouble = {
        "not settled": not settled,
        "a kind of fault is missing": not all(happened.values()),
        **{name: counts.get(name, 1) for name in ("lost", "doubled", "wrong", "torn",
                                                  "outbox rows left")},
        "refused": [str(c.problem) for c in clients if c.problem],
        "died unasked": fleet.surprises(),
        "exit code after SIGTERM": {name: code for name, code in
                                    [*codes.items(), *((n, c) for n, c, _ in faults.stopped)]
                                    if code != 0},
        "children left behind": faults.left_behind,
        "processes left behind": fleet.leftovers(),
        "odd log lines": fleet.odd_log_lines()[:20],
    }
    trouble = {name: what for name, what in trouble.items() if what}
    for name, what in trouble.items():
        print(f"TROUBLE {name}: {what}")
    if trouble or arguments.keep:
        print(f"logs: {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"accepted = terminal: {counts.get('accepted')} = {counts.get('terminal')}, "
          f"lost {counts.get('lost')}, doubled {counts.get('doubled')} "
          f"in {time.monotonic() - began:.0f} s")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
