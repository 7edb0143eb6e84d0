"""A Trainyard that serves, and requests to it."""

import json
import re
import subprocess
import urllib.error
import urllib.request

from support import BINARY


class Server:
    """`trainyard COMMAND --port 0` until stop(); `log` is the file its standard error goes to."""

    def __init__(self, folder, environment, *command, log=None):
        self.log = log or folder / "server.log"
        with open(self.log, "ab") as errors:
            self.process = subprocess.Popen([BINARY, *command, "--port", "0"], cwd=folder,
                                            env=environment, stdout=subprocess.PIPE,
                                            stderr=errors, text=True)
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1]
                return
        raise AssertionError(f"{command} did not start: {self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    def ask(self, method, path, body=None, credential=None, headers=None):
        """(status, parsed answer)"""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers or {}, method=method)
        if data is not None and not request.has_header("Content-type"):
            request.add_header("Content-Type", "application/json")
        if credential:
            request.add_header("Authorization", f"Bearer {credential}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read() or b"null")
