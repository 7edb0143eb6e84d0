"""The first command that a newcomer runs, against an executable that is built already."""

import os
import pty
import re
import shutil
import subprocess
import unittest
import urllib.request

from support import BINARY, ROOT, TerminalTest, monthly, seasonal


class Quickstart(TerminalTest):
    """In a tree of its own, with few data and with nothing to set up or build."""

    def setUp(self):
        super().setUp()
        (self.path / "deploy/data").mkdir(parents=True)
        (self.path / "build/release").mkdir(parents=True)
        (self.path / "bin").mkdir()
        shutil.copy(ROOT / "deploy/quickstart", self.path / "deploy")
        for stub in ("deploy/setup", "bin/cmake"):
            (self.path / stub).write_text("#!/bin/sh\n", encoding="utf-8")
            (self.path / stub).chmod(0o755)
        (self.path / "build/release/trainyard").symlink_to(BINARY)
        self.write(monthly("a", seasonal(60)), name="deploy/data/retail_turnover_monthly.csv")

    def environment(self):
        return {**super().environment(), "PATH": f"{self.path}/bin:{os.environ['PATH']}"}

    def start(self, **streams):
        return subprocess.Popen([self.path / "deploy/quickstart"], env=self.environment(),
                                stdin=subprocess.DEVNULL, **streams)

    def test_ends_by_itself_without_a_terminal(self):
        process = self.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, error)
        self.assertRegex(out, r"best\.csv.*\nThe page was live at http://\S+/batches/\S+ until now")
        self.assertTrue(out.endswith("To see the page again: deploy/quickstart --serve\n"), out)

    def test_keeps_the_page_on_a_terminal_until_ctrl_c(self):
        terminal, process_end = pty.openpty()
        process = self.start(stdout=process_end, stderr=process_end, start_new_session=True)
        self.addCleanup(process.kill)
        os.close(process_end)
        with open(terminal, encoding="utf-8", closefd=True) as screen:
            for line in screen:
                page = re.search(r"The page stays at (http://\S+) until you press Ctrl-C", line)
                if page:
                    break
            with urllib.request.urlopen(page[1], timeout=30) as answer:
                self.assertEqual(answer.status, 200)
            os.killpg(process.pid, 2)  # as Ctrl-C does
            self.assertEqual(process.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
