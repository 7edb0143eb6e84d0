"""A fleet of Trainyard roles on this machine, restarted when they die, as an orchestrator would."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One role; `revive` starts it again whenever it is found dead."""

    def __init__(self, name, command, environment, log_dir):
        self.name, self.command, self.environment = name, command, environment
        self.log_path = Path(log_dir) / f"{name}.log"
        self.child = None
        self.starts = 0

    def start(self):
        log = open(self.log_path, "ab")
        self.child = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)
        self.starts += 1

    def revive(self):
        if self.child is None or self.child.poll() is not None:
            self.start()

    def signal(self, number):
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)

    def stop(self, patience=30):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return "killed"


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
    """Postgres, Kafka, two control instances, an API, two workers and a notifier-serving API."""

    def __init__(self, binary, directory, settings=None):
        self.binary, self.directory = str(binary), Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        self.postgres = Postgres(self.directory / "postgres")
        self.kafka = Kafka(self.directory / "kafka")
        self.port = free_port()
        self.settings = settings or {}
        self.processes = []
        self.stopping = threading.Event()
        self.paused = set()
        self.supervisor = threading.Thread(target=self._supervise, daemon=True)

    def _environment(self, extra=None):
        return {**os.environ,
                "TRAINYARD_STORE_TYPE": "postgres",
                "TRAINYARD_STORE_POSTGRES_URI": self.postgres.uri,
                "TRAINYARD_KAFKA_BROKERS": f"127.0.0.1:{self.kafka.port}",
                "TRAINYARD_DATA_DIR": str(self.directory / "data"),
                "TRAINYARD_DRILLS_ALLOWED": "true",
                "TRAINYARD_LOG_LEVEL": "warn",
                **self.settings, **(extra or {})}

    def start(self):
        self.postgres.start()
        self.kafka.start()
        subprocess.run([self.binary, "migrate"], env=self._environment(), check=True)
        roles = [("api", {"TRAINYARD_HTTP_PORT": str(self.port)}),
                 ("notifier", {"TRAINYARD_HTTP_PORT": str(free_port())}),
                 ("control", {}), ("control", {}), ("worker", {}), ("worker", {})]
        for number, (role, extra) in enumerate(roles):
            process = Process(f"{role}-{number}", [self.binary, role], self._environment(extra),
                              self.directory)
            process.start()
            self.processes.append(process)
        self.supervisor.start()

    def of_role(self, role):
        return [p for p in self.processes if p.name.startswith(role)]

    def _supervise(self):
        while not self.stopping.wait(0.2):
            for process in self.processes:
                process.revive()

    def stop(self):
        self.stopping.set()
        self.supervisor.join()
        codes = {p.name: p.stop() for p in reversed(self.processes)}
        self.kafka.stop()
        self.postgres.stop()
        return codes

    def faults(self, lease_seconds, chooser: random.Random):
        """Every kind of fault as (name, action), in a random order, for ever."""
        def kill(role):
            return lambda: chooser.choice(self.of_role(role)).signal(signal.SIGKILL)

        def freeze_worker():
            worker = chooser.choice(self.of_role("worker"))
            worker.signal(signal.SIGSTOP)
            time.sleep(lease_seconds * 2)  # the fault itself: longer than the lease
            worker.signal(signal.SIGCONT)

        def restart_kafka():
            self.kafka.stop()
            self.kafka.start()

        def restart_postgres():
            self.postgres.kill()
            self.postgres.start()

        kinds = [("kill api", kill("api")), ("kill worker", kill("worker")),
                 ("kill control", kill("control")), ("kill notifier", kill("notifier")),
                 ("freeze worker past its lease", freeze_worker),
                 ("restart kafka", restart_kafka), ("kill and restart postgres", restart_postgres)]
        while True:
            chooser.shuffle(kinds)
            yield from list(kinds)
