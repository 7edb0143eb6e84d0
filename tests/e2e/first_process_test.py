"""Trainyard as the first process of a container, which has to collect everyone's dead."""

import os
import re
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import BINARY, TerminalTest

NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]


def refused():
    return subprocess.run([*NAMESPACE, "true"], capture_output=True).stderr.decode().strip()


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@unittest.skipIf(refused(), f"there are no PID namespaces here: {refused()}")
class FirstProcess(TerminalTest):
    def test_collects_orphans_and_passes_on_signals(self):
        gate = self.path / "gate"
        os.mkfifo(gate)
        # The reader of the gate is an orphan by the time its shell has become Trainyard.
        script = f'(cat "{gate}" >/dev/null &); exec "$0" standalone --port 0 --data-dir "$1"'
        process = subprocess.Popen([*NAMESPACE, "sh", "-c", script, BINARY, self.path / "data"],
                                   stdout=subprocess.PIPE, text=True, env=self.environment())
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        with open(gate, "w", encoding="utf-8"):
            self.assertTrue(any(re.search("listening on", line) for line in process.stdout))
            first = children(process.pid)[0]
            orphan = next(child for child in children(first)
                          if Path(f"/proc/{child}/comm").read_text() == "cat\n")
        limit = time.monotonic() + 30
        while Path(f"/proc/{orphan}").exists() and time.monotonic() < limit:
            os.sched_yield()
        self.assertFalse(Path(f"/proc/{orphan}").exists(), "a dead orphan was not collected")
        os.kill(first, signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
