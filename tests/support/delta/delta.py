"""Delta tables written by deltalake, in the venv that deploy/setup --tests makes, on disk or in a
bucket of the S3 server that tests/support/s3/start.sh runs."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "s3"))
import bucket  # noqa: E402

PYTHON = Path(__file__).resolve().parents[3] / ".deps/python/bin/python"
WRITER = Path(__file__).with_name("writer.py")


class OnDisk:
    """Where a table lies, and the files of its log."""

    environment = {}
    why_not = None

    def __init__(self, folder):
        self.uri = str(folder / "sales")
        self.log = Path(self.uri) / "_delta_log"

    def log_names(self):
        return [file.name for file in self.log.iterdir()]

    def read(self, version):
        return (self.log / f"{version:020}.json").read_text()

    def write(self, version, text):
        (self.log / f"{version:020}.json").write_text(text)


class InBucket:
    """The same in a bucket."""

    environment = bucket.ENVIRONMENT
    why_not = None if bucket.SERVER else "TRAINYARD_TEST_S3 is not set"

    def __init__(self, folder):
        self.folder = folder
        self.uri = f"s3://data/{uuid.uuid4()}/sales"

    def log_names(self):
        return bucket.names_below(f"{self.uri}/_delta_log/")

    def read(self, version):
        return bucket.get(f"{self.uri}/_delta_log/{version:020}.json").decode()

    def write(self, version, text):
        file = self.folder / "commit.json"
        file.write_text(text)
        bucket.put(f"{self.uri}/_delta_log/{version:020}.json", file)


class Writer:
    """A process that writes the table at `path`; any number of them may write the same."""

    def __init__(self, path, environment=None):
        self.process = subprocess.Popen([PYTHON, "-B", WRITER, path], text=True, env=environment,
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
