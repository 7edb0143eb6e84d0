"""The files that the rules look at: what git tracks or would track, with each file's text."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CPP = (".hpp", ".cpp")
SOURCE = CPP + (".py", ".ts", ".tsx", ".sh", ".cmake", ".go")


@dataclass(frozen=True)
class Problem:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class File:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.folder, _, self.name = path.rpartition("/")

    @property
    def is_cpp(self):
        return self.path.endswith(CPP)

    @property
    def is_source(self):
        has_shebang = "." not in self.name and self.text.startswith("#!")
        return self.path.endswith(SOURCE) or self.name == "CMakeLists.txt" or has_shebang

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def code(self):
        """C++ text of the same shape, its comments blanked and its literals emptied."""
        return blank_comments_and_literals(self.text)

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def is_below(self, *folders):
        return any(self.path == f or self.path.startswith(f + "/") for f in folders)


class Tree:
    def __init__(self, files, root=None, compiled=None):
        self.files = [File(path, text) for path, text in sorted(files.items())]
        self.root, self.compiled = root, compiled

    @cached_property
    def paths(self):
        return {file.path for file in self.files}

    @cached_property
    def folders(self):
        """Every folder that holds a file, with all folders above it."""
        found = set()
        for file in self.files:
            parts = file.folder.split("/") if file.folder else []
            found.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        return found

    @property
    def cpp(self):
        return [file for file in self.files if file.is_cpp]

    def text_of(self, path):
        return next((file.text for file in self.files if file.path == path), "")


def read_tree(root, compiled=None):
    """The tree below `root`; `compiled` lists the sources that some target builds."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True).stdout.split("\0")
    files = {}
    for path in filter(None, listed):
        try:
            files[path] = (Path(root) / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # an image or archive, or a file just deleted
    return Tree(files, root, compiled)


TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r"|\"(?:\\.|[^\"\\\n])*\"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def blank_comments_and_literals(text):
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return TOKENS.sub(blank, text)
