"""What is done to a fleet in each scenario: context managers, in whose block the fault lasts.

The five of chaos and the four of pressure have the names that postgresql-job-queue-benchmarking
gave them. `prepared` scenarios change the fleet before it starts or before the baseline is
measured; they skip (raise Skipped, saying why) where this machine does not allow what they need.
"""

import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

IDLE_CONNECTIONS = 300
READERS = 4


class Skipped(Exception):
    """This machine does not allow the scenario."""


@contextmanager
def repeating(action, period_seconds):
    """`action` again and again in a thread of its own, first at once."""
    stop = threading.Event()

    def run():
        while True:
            action()
            if stop.wait(period_seconds):
                return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def sessions(fleet, count, sql):
    """So many psql sessions that run `sql` and stay until the block ends."""
    opened = []
    for _ in range(count):
        session = subprocess.Popen(["psql", fleet.postgres.uri, "-Xq"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        session.stdin.write(sql.encode())
        session.stdin.flush()
        opened.append(session)
    try:
        yield
    finally:
        for session in opened:
            session.kill()
            session.wait()


# --- chaos ----------------------------------------------------------------------------------------

@contextmanager
def crash_recovery(fleet, load):
    fleet.of_role("worker")[0].kill()
    yield


@contextmanager
def postgres_restart(fleet, load):
    fleet.postgres.stop()
    fleet.postgres.start()
    yield


@contextmanager
def repeated_kills(fleet, load):
    with repeating(fleet.of_role("worker")[0].kill, 2):
        yield


@contextmanager
def pg_backend_kill(fleet, load):
    def kill():
        fleet.postgres.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")

    with repeating(kill, 0.5):
        yield


def _open_connection(port):
    """A session of PostgreSQL's protocol 3.0, trusted."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    startup = b"user\0postgres\0database\0postgres\0\0"
    connection.sendall(struct.pack("!ii", len(startup) + 8, 196608) + startup)
    return connection, connection.recv(1)  # R: it may stay, E: there are too many


@contextmanager
def pool_exhaustion(fleet, load):
    held = []
    try:
        for _ in range(IDLE_CONNECTIONS):
            connection, answer = _open_connection(fleet.postgres.port)
            if answer == b"R":
                held.append(connection)
            else:
                connection.close()
                break
        yield
    finally:
        for connection in held:
            connection.close()


# --- pressure -------------------------------------------------------------------------------------

@contextmanager
def idle_in_tx_saturation(fleet, load):
    with sessions(fleet, 1, "BEGIN; SELECT txid_current();\n"):
        yield


@contextmanager
def active_readers(fleet, load):
    scan = ("BEGIN ISOLATION LEVEL REPEATABLE READ;\n"
            "SELECT count(*), sum(length(config)) FROM jobs JOIN job_history USING (job_id)\n"
            "\\watch 0.1\n")
    with sessions(fleet, READERS, scan):
        yield


@contextmanager
def event_delivery_burst(fleet, load):
    """Many times the baseline at once, as one bulk request after the other."""
    load.burst(20, 100)
    yield


@contextmanager
def sustained_high_load(fleet, load):
    """Several times the baseline, of mixed priorities, all the while."""
    chooser = random.Random(1)
    with repeating(lambda: load.burst(1, 25, lambda: chooser.randint(-9, 9)), 0.2):
        yield


# --- what else befalls a fleet --------------------------------------------------------------------

@contextmanager
def kafka_restart(fleet, load):
    fleet.kafka.stop()
    fleet.kafka.start()
    yield


@contextmanager
def network_partition(fleet, load):
    """The first worker's network goes silent: nothing is refused, nothing arrives."""
    links = [each for each in fleet.links]
    for link in links:
        link.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for link in links:
            link.send_signal(signal.SIGCONT)


def prepare_network_partition(fleet):
    """The first worker moves into a network of its own that one process links with the servers."""
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        raise Skipped("making a network namespace is not allowed here")
    path = fleet.directory / "link.sock"
    program = Path(__file__).with_name("link.py")
    ports = [str(fleet.postgres.port), str(fleet.kafka.port)]
    fleet.links = [subprocess.Popen([sys.executable, str(program), "outside", str(path), *ports])]
    worker = fleet.of_role("worker")[0]
    worker.command = ["unshare", "--net", sys.executable, str(program), "inside", str(path),
                      *ports, *worker.command]
    worker.stop()  # and starts again, inside


@contextmanager
def clock_step(fleet, load):
    """The first worker's clock jumps an hour ahead, then two back."""
    step = fleet.directory / "clock"
    step.write_text("+3600\n")
    timer = threading.Timer(2, lambda: step.write_text("-3600\n"))
    timer.start()
    try:
        yield
    finally:
        timer.join()
        step.write_text("+0\n")


def prepare_clock_step(fleet):
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        raise Skipped("libfaketime is not installed (apt-get install libfaketime)")
    (fleet.directory / "clock").write_text("+0\n")
    worker = fleet.of_role("worker")[0]
    worker.environment = {**worker.environment, "LD_PRELOAD": str(library),
                          "FAKETIME_TIMESTAMP_FILE": str(fleet.directory / "clock"),
                          "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    worker.stop()


@contextmanager
def full_disk(fleet, load):
    """PostgreSQL's disk has no byte left; when there is room again, somebody starts it again."""
    ballast = fleet.postgres.directory / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()
        fleet.postgres.start()


def mount_small_disk(fleet):
    fleet.postgres.directory.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192m,mode=755", "tmpfs",
                              str(fleet.postgres.directory)], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skipped(f"mounting a small disk is not allowed here: {mounted.stderr.strip()}")
    fleet.postgres.settings += ["max_wal_size=64MB", "min_wal_size=32MB"]


def unmount_small_disk(fleet):
    subprocess.run(["umount", str(fleet.postgres.directory)], check=False)


class Scenario:
    """`before` changes a fleet that is not started, `prepare` one that runs."""

    def __init__(self, kind, strike, before=None, prepare=None, after=None):
        self.kind, self.name, self.strike = kind, strike.__name__, strike
        self.before, self.prepare, self.after = before, prepare, after


ALL = [Scenario("chaos", crash_recovery), Scenario("chaos", postgres_restart),
       Scenario("chaos", repeated_kills), Scenario("chaos", pg_backend_kill),
       Scenario("chaos", pool_exhaustion),
       Scenario("pressure", idle_in_tx_saturation), Scenario("pressure", event_delivery_burst),
       Scenario("pressure", active_readers), Scenario("pressure", sustained_high_load),
       Scenario("more", kafka_restart),
       Scenario("more", network_partition, prepare=prepare_network_partition),
       Scenario("more", clock_step, prepare=prepare_clock_step),
       Scenario("more", full_disk, before=mount_small_disk, after=unmount_small_disk)]
