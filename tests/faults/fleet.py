"""A fleet of Trainyard roles on this machine, restarted when they die, as an orchestrator would."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from free_port import free_port  # noqa: E402


class Process:
    """One role; `revive` starts it again whenever it is found dead."""

    def __init__(self, name, command, environment, log_dir):
        self.name, self.command, self.environment = name, command, environment
        self.log_path = Path(log_dir) / f"{name}.log"
        self.child = None
        self.expected_code = None
        self.surprises = []  # exit codes that nobody asked for

    def start(self):
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.command, env=self.environment, stdout=log,
                                          stderr=log)

    def revive(self):
        code = self.child.poll()
        if code is None:
            return
        if code != self.expected_code:
            self.surprises.append(code)
        self.expected_code = None
        self.start()

    def signal(self, number):
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)

    def kill(self):
        self.expected_code = -signal.SIGKILL
        self.signal(signal.SIGKILL)

    def children(self):
        listed = subprocess.run(["pgrep", "-P", str(self.child.pid)], capture_output=True,
                                text=True)
        return [int(pid) for pid in listed.stdout.split()]

    def stop(self, patience=30):
        """The exit code, or "killed" when SIGTERM did not end it in time."""
        self.expected_code = 0
        child = self.child
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return "killed"


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def await_gone(pids, limit_seconds):
    """Seconds until none of them runs any more, or None."""
    began = time.monotonic()
    while time.monotonic() < began + limit_seconds:
        if not any(map(is_running, pids)):
            return time.monotonic() - began
        time.sleep(0.01)
    return None


class Postgres:
    def __init__(self, directory, settings=()):
        self.directory, self.settings = Path(directory), list(settings)
        self.port = free_port()
        self.script = ROOT / "tests/support/postgres"
        self.uri = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self):
        subprocess.run([self.script / "start.sh", self.directory, str(self.port), *self.settings],
                       check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        subprocess.run([self.script / "stop.sh", self.directory], check=False,
                       stdout=subprocess.DEVNULL)

    def kill(self):
        """SIGKILL of the whole server, as a machine that loses power would."""
        pid = int((self.directory / "data/postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
        for each in [pid, *map(int, children.stdout.split())]:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def query(self, sql):
        done = subprocess.run(["psql", self.uri, "-XAtc", sql], capture_output=True, text=True,
                              check=True)
        return [line.split("|") for line in done.stdout.splitlines()]


class Kafka:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.port = free_port()
        self.script = ROOT / "tests/support/kafka"

    def start(self):
        subprocess.run([self.script / "start.sh", self.directory, str(self.port)], check=True,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        subprocess.run([self.script / "stop.sh", self.directory], check=False,
                       stdout=subprocess.DEVNULL)


class Fleet:
    """Postgres, Kafka, an API, a notifier, two control instances and two workers."""

    def __init__(self, binary, directory, settings=None):
        self.binary, self.directory = str(binary), Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        self.postgres = Postgres(self.directory / "postgres")
        self.kafka = Kafka(self.directory / "kafka")
        self.port = free_port()
        self.settings = settings or {}
        self.processes = []
        self.links = []  # processes that stand between the roles and the servers
        self.stopping = threading.Event()
        self.supervisor = threading.Thread(target=self._supervise, daemon=True)

    def _environment(self, extra=None):
        return {**os.environ,
                "FLEET_OF": str(self.directory),  # by which leftovers are found
                "TRAINYARD_STORE_TYPE": "postgres",
                "TRAINYARD_STORE_POSTGRES_URI": self.postgres.uri,
                "TRAINYARD_KAFKA_BROKERS": f"127.0.0.1:{self.kafka.port}",
                "TRAINYARD_DATA_DIR": str(self.directory / "data"),
                "TRAINYARD_DRILLS_ALLOWED": "true",
                "TRAINYARD_LOG_LEVEL": "info",
                **self.settings, **(extra or {})}

    def start(self):
        """The roles come up before Kafka does: they have to wait for it."""
        self.postgres.start()
        subprocess.run([self.binary, "migrate"], env=self._environment(), check=True,
                       stdout=subprocess.DEVNULL)
        roles = [("api", {"TRAINYARD_HTTP_PORT": str(self.port)}),
                 ("notifier", {"TRAINYARD_HTTP_PORT": str(free_port())}),
                 ("control", {}), ("control", {}), ("worker", {}), ("worker", {})]
        for number, (role, extra) in enumerate(roles):
            process = Process(f"{role}-{number}", [self.binary, role], self._environment(extra),
                              self.directory)
            process.start()
            self.processes.append(process)
        self.kafka.start()
        self.supervisor.start()

    def of_role(self, role):
        return [p for p in self.processes if p.name.startswith(role)]

    def _supervise(self):
        while not self.stopping.wait(0.1):
            for process in self.processes:
                process.revive()

    def stop(self):
        """Exit codes by role. Kafka and Postgres go last."""
        self.stopping.set()
        self.supervisor.join()
        codes = {p.name: p.stop() for p in reversed(self.processes)}
        self.kafka.stop()
        self.postgres.stop()
        return codes

    def surprises(self):
        return {p.name: p.surprises for p in self.processes if p.surprises}

    def odd_log_lines(self):
        """What no role should ever say: errors, and words that are not the log's."""
        odd = []
        for process in self.processes:
            for line in process.log_path.read_text(errors="replace").splitlines():
                if line.startswith("listening on "):
                    continue
                if not line.startswith("{") or '"level":"error"' in line:
                    odd.append(f"{process.name}: {line}")
        return odd

    def leftovers(self):
        """Processes of this fleet that still run."""
        mark = f"FLEET_OF={self.directory}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found
