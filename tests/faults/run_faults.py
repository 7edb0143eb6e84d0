#!/usr/bin/env python3
"""Under load, kills and freezes every part of a fleet at random, then counts.

accepted  jobs that were answered with 201
lost      accepted jobs without an end in their history
doubled   jobs with more than one end in their history (no user retried any)
Exits 0 only if lost and doubled are 0 and every kind of fault happened.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from fleet import ROOT, Fleet  # noqa: E402

DRILLS = ["noop"] * 6 + ["sleep:100"] * 3 + ["sleep:1000"] + ["crash"]


class Client(threading.Thread):
    """Sends its share of the jobs one by one; what is not answered 201 is not accepted."""

    def __init__(self, port, jobs, pace_seconds, seed):
        super().__init__(daemon=True)
        self.port, self.jobs, self.pace = port, jobs, pace_seconds
        self.chooser = random.Random(seed)
        self.accepted, self.unanswered = [], 0

    def run(self):
        connection = None
        while len(self.accepted) < self.jobs:
            body = json.dumps({"config": {"drill": self.chooser.choice(DRILLS)}})
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port,
                                                                      timeout=30)
                connection.request("POST", "/api/v2/jobs?submit=true", body,
                                   {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status == 201:
                    self.accepted.append(json.loads(text)["job_id"])
                    time.sleep(self.pace)  # spreads the load over the faults
                elif answer.status < 500:
                    raise SystemExit(f"the API refused a good job: {answer.status} {text[:500]}")
                else:
                    time.sleep(0.2)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                connection = None
                time.sleep(0.2)


def count(postgres, accepted):
    ends = {job: int(n) for job, n in postgres.query(
        "SELECT job_id, count(*) FROM job_history"
        " WHERE event IN ('completed','failed','cancelled') GROUP BY job_id")}
    states = dict(postgres.query("SELECT status, count(*) FROM jobs GROUP BY status"))
    return {"accepted": len(accepted),
            "terminal": sum(1 for job in accepted if job in ends),
            "lost": sum(1 for job in accepted if job not in ends),
            "doubled": sum(1 for n in ends.values() if n > 1),
            "states": {k: int(v) for k, v in states.items()},
            "retried": int(postgres.query("SELECT count(*) FROM jobs WHERE retry_count > 0")[0][0]),
            "rescued": int(postgres.query("SELECT coalesce(sum(interruptions),0) FROM jobs")[0][0])}


def wait_until_settled(postgres, limit_seconds):
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        open_jobs = postgres.query("SELECT count(*) FROM jobs WHERE status IN"
                                   " ('pending','submitting','running','cancelling')")
        if open_jobs == [["0"]]:
            return True
        time.sleep(0.5)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/trainyard"))
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between faults")
    parser.add_argument("--lease", type=int, default=3, help="seconds")
    parser.add_argument("--keep", action="store_true", help="keep the directory with the logs")
    arguments = parser.parse_args()

    directory = tempfile.mkdtemp(prefix="trainyard-faults-")
    fleet = Fleet(arguments.binary, directory, {
        "TRAINYARD_WORKER_LEASE_SECONDS": str(arguments.lease),
        "TRAINYARD_JOB_RETRY_DELAY_SECONDS": "1",
        "TRAINYARD_JOB_INTERRUPTIONS_MAX": "1000",
        "TRAINYARD_WORKER_CHILDREN": "2"})
    chooser = random.Random(arguments.seed)
    faults = fleet.faults(arguments.lease, chooser)
    happened = {}
    started = time.monotonic()
    fleet.start()
    try:
        share = -(-arguments.jobs // arguments.clients)
        # All kinds of fault fit into the sending: seven of them, with their pauses.
        pace = (arguments.pause * 7 + arguments.lease * 2 + 15) / share
        clients = [Client(fleet.port, share, pace, arguments.seed + n)
                   for n in range(arguments.clients)]
        for client in clients:
            client.start()
        while any(c.is_alive() for c in clients) or len(happened) < 7:
            name, strike = next(faults)
            print(f"[{time.monotonic() - started:6.1f} s] {name}", flush=True)
            strike()
            happened[name] = happened.get(name, 0) + 1
            time.sleep(arguments.pause)
        calm = time.monotonic()
        settled = wait_until_settled(fleet.postgres, 180)
        recovery = time.monotonic() - calm
        counts = count(fleet.postgres, [j for c in clients for j in c.accepted])
        counts["unanswered requests"] = sum(c.unanswered for c in clients)
    finally:
        codes = fleet.stop()

    print(f"faults: {happened}")
    print(f"stopped with: {codes}")
    print(f"settled {recovery:.1f} s after the last fault" if settled
          else "did not settle in 180 s")
    for name, value in counts.items():
        print(f"{name}: {value}")
    good = settled and counts["lost"] == 0 and counts["doubled"] == 0 and len(happened) == 7
    if good and not arguments.keep:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"logs: {directory}")
    print(f"accepted = terminal: {counts['accepted']} = {counts['terminal']}, "
          f"lost {counts['lost']}, doubled {counts['doubled']}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
