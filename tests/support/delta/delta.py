"""Delta tables written by deltalake, in the venv that deploy/setup --tests makes."""

import json
import subprocess
from pathlib import Path

PYTHON = Path(__file__).resolve().parents[3] / ".deps/python/bin/python"
WRITER = Path(__file__).with_name("writer.py")


class Writer:
    """A process that writes the table at `path`; any number of them may write the same."""

    def __init__(self, path):
        self.process = subprocess.Popen([PYTHON, "-B", WRITER, path], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self, action, **arguments):
        self.process.stdin.write(json.dumps({"do": action, **arguments}) + "\n")
        self.process.stdin.flush()

    def end(self):
        """The newest version of the table, once what was begun is committed."""
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError("the writer failed; see its standard error")
        return json.loads(answer)["version"]

    def do(self, action, **arguments):
        self.begin(action, **arguments)
        return self.end()

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)
