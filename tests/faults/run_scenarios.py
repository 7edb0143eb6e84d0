#!/usr/bin/env python3
"""Named scenarios, each on a fleet of its own: a baseline, the fault, and what came back.

accepted   jobs that were answered with 201
lost       accepted jobs without an end in their history
doubled    jobs with more than one end in their history (no user retried any)
rescued    attempts that were taken back from workers and made again
recovery   seconds from the end of the fault until no job from before it was open any more
recovered  jobs that ended per second after that, as a share of the baseline's, with the same load

Prints a line per scenario as it ends and the whole table last; writes the figures to
loadtest/results/scenarios.json. A scenario that this machine does not allow is skipped, and says
why. Exits 0 only if nothing is lost, doubled, wrong or torn, and all of it settled.
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
import scenarios  # noqa: E402
from fleet import ROOT, Fleet  # noqa: E402
from run_faults import Api, await_settled, count  # noqa: E402

DRILLS = ["noop"] * 7 + ["sleep:100"] * 2 + ["sleep:300"]
SETTINGS = {"TRAINYARD_WORKER_LEASE_SECONDS": "3", "TRAINYARD_JOB_RETRY_DELAY_SECONDS": "1",
            "TRAINYARD_JOB_INTERRUPTIONS_MAX": "1000", "TRAINYARD_WORKER_CHILDREN": "2"}
SETTLING_SECONDS = 180


class Load:
    """So many jobs a second, from a few clients, until stopped. What is not answered with 201 is
    not accepted; a client that waits for its answer leaves out what it could not send."""

    def __init__(self, port, per_second, clients=4):
        self.port, self.accepted, self.unanswered = port, [], 0
        self.stopping, self.lock = threading.Event(), threading.Lock()
        self.problems = []
        self.threads = [threading.Thread(target=self._run, args=(clients / per_second, n),
                                         daemon=True) for n in range(clients)]
        for thread in self.threads:
            thread.start()

    def _run(self, pace, seed):
        api, chooser = Api(self.port), random.Random(seed)
        try:
            while not self.stopping.wait(pace):
                job = api.post_job(chooser.choice(DRILLS))
                with self.lock:
                    if job:
                        self.accepted.append(job)
                    else:
                        self.unanswered += 1
        except RuntimeError as problem:
            self.problems.append(str(problem))

    def burst(self, requests, jobs, priority=lambda: 0):
        """Bulk requests one after the other; a failed one is dropped, as it was not accepted."""
        for _ in range(requests):
            body = {"submit": True, "jobs": [{"config": {"drill": "noop", "priority": priority()}}
                                             for _ in range(jobs)]}
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("POST", "/api/v2/jobs/bulk", json.dumps(body),
                                   {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                answer = None
            finally:
                connection.close()
            with self.lock:
                if answer and answer.status == 200:
                    self.accepted += [job["job_id"] for job in json.loads(text)["results"]
                                      if job["status_code"] == 201]
                else:
                    self.unanswered += 1
                    if answer and answer.status < 500:
                        self.problems.append(f"{answer.status} {text[:200]}")

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def ended_per_second(postgres, since, until):
    return float(postgres.query(
        "SELECT count(*) FROM jobs WHERE completed_at >= '%s' AND completed_at < '%s'"
        % (since.isoformat(), until.isoformat()))[0][0]) / (until - since).total_seconds()


def await_no_older(postgres, moment, limit_seconds):
    """Until no job from before the moment is open; false when the time is over."""
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        if postgres.query("SELECT count(*) FROM jobs WHERE completed_at IS NULL AND created_at < "
                          f"'{moment.isoformat()}'") == [["0"]]:
            return True
        time.sleep(0.05)
    return False


def now():
    return datetime.now(timezone.utc)


def run(scenario, arguments, directory):
    fleet = Fleet(arguments.binary, directory, SETTINGS)
    figures = {}
    try:
        if scenario.before:
            scenario.before(fleet)
        fleet.start()
        if scenario.prepare:
            scenario.prepare(fleet)
        load = Load(fleet.port, arguments.rate)
        try:
            time.sleep(arguments.seconds / 2)  # to warm up
            baseline_began = now()
            time.sleep(arguments.seconds)
            baseline_ended = now()
            with scenario.strike(fleet, load):
                time.sleep(arguments.seconds)
            over, clock = now(), time.monotonic()
            figures["recovered in time"] = await_no_older(fleet.postgres, over, SETTLING_SECONDS)
            figures["recovery_seconds"] = time.monotonic() - clock
            back = now()
            time.sleep(arguments.seconds)
            ended = now()
        finally:
            load.stop()
        settled = await_settled(fleet.postgres, SETTLING_SECONDS)
        baseline = ended_per_second(fleet.postgres, baseline_began, baseline_ended)
        after = ended_per_second(fleet.postgres, back, ended)
        figures.update(count(fleet.postgres, load.accepted))
        figures.update({"unanswered": load.unanswered, "jobs_per_second": baseline,
                        "recovered": after / baseline if baseline else 0.0,
                        "problems": load.problems, "settled": settled})
    finally:
        for link in fleet.links:
            link.kill()
            link.wait()
        if fleet.processes:
            figures["codes"] = fleet.stop()
        if scenario.after:
            scenario.after(fleet)
    figures["trouble"] = {name: what for name, what in {
        "did not settle": not figures["settled"], **{key: figures[key] for key in (
            "lost", "doubled", "wrong", "torn", "outbox rows left", "problems")},
        "exit code after SIGTERM": {n: c for n, c in figures["codes"].items() if c != 0},
        "processes left behind": fleet.leftovers()}.items() if what}
    return figures


def line_of(scenario, figures):
    if "skipped" in figures:
        return f"{scenario.name:24}{scenario.kind:10}skipped: {figures['skipped']}"
    return (f"{scenario.name:24}{scenario.kind:10}{figures['accepted']:9,}{figures['terminal']:9,}"
            f"{figures['lost']:6}{figures['doubled']:9}{figures['interruptions']:9}"
            f"{figures['recovery_seconds']:11.1f} s"
            f"{figures['jobs_per_second']:10.1f}{figures['recovered']:10.0%}"
            + (f"  TROUBLE {str(figures['trouble'])[:300]}" if figures["trouble"] else ""))


def arguments_of(argv):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/trainyard"))
    parser.add_argument("--rate", type=float, default=50, help="jobs per second")
    parser.add_argument("--seconds", type=float, default=15, help="length of each phase")
    parser.add_argument("--only", help="names, with commas between them")
    return parser.parse_args(argv)


def main():
    arguments = arguments_of(sys.argv[1:])
    wanted = arguments.only.split(",") if arguments.only else [s.name for s in scenarios.ALL]
    chosen = [s for s in scenarios.ALL if s.name in wanted]
    if len(chosen) != len(wanted):
        raise SystemExit(f"there are: {', '.join(s.name for s in scenarios.ALL)}")
    header = (f"{'scenario':24}{'kind':10}{'accepted':>9}{'terminal':>9}{'lost':>6}{'doubled':>9}"
              f"{'rescued':>9}"
              f"{'recovery':>13}{'jobs/s':>10}{'recovered':>10}")
    results, kept = {}, []
    print(header, flush=True)
    for scenario in chosen:
        directory = Path(tempfile.mkdtemp(prefix=f"trainyard-{scenario.name}-"))
        try:
            results[scenario.name] = run(scenario, arguments, directory)
        except scenarios.Skipped as reason:
            results[scenario.name] = {"skipped": str(reason)}
        if results[scenario.name].get("trouble"):
            kept.append(directory)
        else:
            shutil.rmtree(directory, ignore_errors=True)
        print(line_of(scenario, results[scenario.name]), flush=True)
    print("\n" + header)
    for scenario in chosen:
        print(line_of(scenario, results[scenario.name]))
    for directory in kept:
        print(f"logs: {directory}")
    out = ROOT / "loadtest/results"
    out.mkdir(exist_ok=True)
    (out / "scenarios.json").write_text(json.dumps(
        {"date": now().isoformat(), "rate": arguments.rate, "seconds": arguments.seconds,
         "scenarios": results}, indent=1) + "\n")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
