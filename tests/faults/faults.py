"""What can happen to a fleet: each fault strikes once when called."""

import random
import signal
import time

from fleet import Fleet, await_gone


class Faults:
    def __init__(self, fleet: Fleet, lease_seconds, chooser: random.Random):
        self.fleet, self.lease, self.chooser = fleet, lease_seconds, chooser
        self.left_behind = []  # children that outlived their worker
        self.children_gone = []  # seconds until a killed worker's children were gone
        self.stopped = []  # (role, exit code, seconds) of each SIGTERM
        self.kinds = {
            "kill api": lambda: self._one("api").kill(),
            "kill notifier": lambda: self._one("notifier").kill(),
            "kill control": lambda: self._one("control").kill(),
            "kill worker": self._kill_worker,
            "freeze worker past its lease": self._freeze_worker,
            "restart kafka": self._restart_kafka,
            "kill and restart postgres": self._restart_postgres,
            "kill worker while postgres is away": self._kill_worker_without_postgres,
            "SIGTERM every role": self._roll_out,
        }

    def shuffled(self):
        return self.chooser.sample(list(self.kinds.items()), len(self.kinds))

    def _one(self, role):
        return self.chooser.choice(self.fleet.of_role(role))

    def _kill_worker(self):
        worker = self._one("worker")
        children = worker.children()
        worker.kill()
        gone = await_gone(children, 5)
        if gone is None:
            self.left_behind.extend(children)
        elif children:
            self.children_gone.append(gone)

    def _freeze_worker(self):
        worker = self._one("worker")
        worker.signal(signal.SIGSTOP)
        time.sleep(self.lease * 2)  # the fault itself: longer than the lease
        worker.signal(signal.SIGCONT)

    def _restart_kafka(self):
        self.fleet.kafka.stop()
        self.fleet.kafka.start()

    def _restart_postgres(self):
        self.fleet.postgres.kill()
        self.fleet.postgres.start()

    def _kill_worker_without_postgres(self):
        self.fleet.postgres.kill()
        self._kill_worker()
        time.sleep(2)  # the fault itself: a new worker comes up and finds no database
        self.fleet.postgres.start()

    def _roll_out(self):
        for process in self.fleet.processes:
            began = time.monotonic()
            code = process.stop()
            self.stopped.append((process.name, code, time.monotonic() - began))
