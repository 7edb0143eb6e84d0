"""What a single file looks like: sizes, banned constructs, leftovers."""

import ast
import re
import shutil
import subprocess

from tree import Problem

COLUMNS_MAX, FUNCTION_LINES_MAX, FILE_LINES_MAX = 100, 70, 500

# What -> (pattern over C++ code without comments and literals, why, files that may).
BANNED = {
    "std::cout": (r"std::c(out|err)\b", "log through common/log, or print with fmt", []),
    "getenv": (r"\bgetenv\b", "settings come from common/config", ["tests"]),
    "sleeping": (r"\bstd::this_thread::sleep_|\busleep\s*\(|\bnanosleep\s*\(",
                 "wait for the event, with a deadline", []),
    "catch (...)": (r"\bcatch\s*\(\s*\.\.\.\s*\)(?:\s*\{[^{}]*\bthrow;\s*\}|(?P<raw>))",
                    "only the three barriers swallow the unknown: HTTP request, job, thread", [
                        "api/http/session.cpp", "common/runtime/run_child.cpp",
                        "deploy/trainyard/main.cpp"]),
    # Owned at once is fine: a private constructor leaves no other way.
    "new": (r"(?:\bunique_ptr<[^;{}]*?\(|\breset\()\s*new\b|(?P<raw>\bnew\s+(?!\()[A-Za-z_:])",
            "own with a value or std::make_unique", []),
    "delete": (r"\bdelete\s*(\[\s*\])?\s+?[A-Za-z_*(]|\bdelete\s*\[\s*\]",
               "own with a value or std::unique_ptr", []),
    "thread_local": (r"\bthread_local\b", "coroutines change threads: pass it", []),
}

UNBREAKABLE = r'https?://|R"\w*\(|"[^"]{80,}"'
WITH_COLOURS = (".css", ".svg", ".html", ".ts", ".tsx")
LEFTOVERS = {
    "an open end": r"\b(TODO|FIXME|XXX|HACK)\b",
    "an issue number": r"(?i:\b(?:issue|pull request|PR)s? #?\d+)\b|(?<![\w&/])#\d+\b(?!;)"
                       r"(?=[\s).,])|\b[\w.-]+/[\w.-]+#\d+\b",
    "a path of one machine": r"(?<![\w.\-/])/work/|\bshared/(?:DESIGN|STYLE|seeds)\b",
}


def columns(tree):
    """Lines of at most 100 columns, save addresses and long literals, which do not break."""
    for file in tree.files:
        if not file.is_source:
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS_MAX and not re.search(UNBREAKABLE, line):
                yield Problem(file.path, number, f"{len(line)} columns, at most {COLUMNS_MAX}")


def file_lengths(tree):
    """Files of at most 500 lines: one that wants more is two ideas."""
    for file in tree.files:
        count = len(file.lines) - 1
        if file.is_source and count > FILE_LINES_MAX:
            yield Problem(file.path, count, f"{count} lines, at most {FILE_LINES_MAX}")


def function_lengths(tree):
    """Functions of at most 70 lines."""
    for file in tree.files:
        spans = (cpp_functions(file) if file.is_cpp
                 else python_functions(file) if is_python(file) else [])
        for begin, end in spans:
            if end - begin + 1 > FUNCTION_LINES_MAX:
                yield Problem(file.path, begin, f"a function of {end - begin + 1} lines, "
                                                f"at most {FUNCTION_LINES_MAX}")


def is_python(file):
    return file.path.endswith(".py") or re.match(r"#!.*python", file.text)


def python_functions(file):
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def cpp_functions(file):
    """(first, last) line of every block that opens in a namespace or class and is neither."""
    code = re.sub(r"(?m)^[ \t]*#(?:.*\\\n)*.*$", lambda m: re.sub(r"[^\n]", " ", m.group()),
                  file.code)
    stack, header_at = [], 0
    for match in re.finditer(r"[{};]", code):
        at, token = match.start(), match.group()
        if token == "{":
            header = code[header_at:at]
            is_scope = re.search(r"\b(namespace|class|struct|union|enum|extern)\b", header) and (
                ")" not in header.rpartition(">")[2])
            is_data = re.search(r"(?<![=!<>])=\s*[\w:<>,\s]*$", header)
            kind = "scope" if is_scope else "data" if is_data else "function"
            if any(kind != "scope" for kind, _ in stack):
                kind = "inner"
            begin = header_at + len(header) - len(header.lstrip())
            stack.append((kind, begin))
        elif token == "}" and stack:
            kind, begin = stack.pop()
            if kind == "function":
                yield file.line_of(begin), file.line_of(at)
        header_at = at + 1


def banned(tree):
    """Constructs that have a better replacement here."""
    for file in tree.cpp:
        for name, (pattern, instead, allowed) in BANNED.items():
            if file.is_below(*allowed):
                continue
            for match in re.finditer(pattern, file.code):
                if match.groupdict().get("raw", name) is not None:
                    yield Problem(file.path, file.line_of(match.start()), f"{name}: {instead}")


def leftovers(tree):
    """No open ends, issue numbers or paths of the place where it was written."""
    for file in tree.files:
        if file.is_below("tests/tidy") or file.path.endswith((".sum", "-lock.json", ".csv")):
            continue
        for what, pattern in LEFTOVERS.items():
            if what == "an issue number" and file.path.endswith(WITH_COLOURS):
                continue  # a colour looks the same
            for match in re.finditer(pattern, file.text):
                yield Problem(file.path, file.line_of(match.start()),
                              f"{what}: {match.group().strip()!r}")


def pragma_once(tree):
    """Each header is guarded by #pragma once, before anything else."""
    for file in tree.cpp:
        first = next((line for line in file.lines if line and not line.startswith("//")), "")
        if file.name.endswith(".hpp") and first != "#pragma once":
            yield Problem(file.path, 1, "a header begins with #pragma once")


def formatting(tree):
    """clang-format would change nothing."""
    program = shutil.which("clang-format-19")
    if program is None:
        yield Problem(".clang-format", 1, "clang-format-19 is missing: run deploy/setup --tests")
        return
    paths = [file.path for file in tree.cpp]
    done = subprocess.run([program, "--dry-run", *paths], cwd=tree.root, capture_output=True,
                          text=True, check=False)
    found = {}  # each file's first difference
    for path, line in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error):", done.stderr, re.M):
        found.setdefault(path, int(line))
    for path, line in sorted(found.items()):
        yield Problem(path, line, "not formatted: run clang-format-19 -i on it")
    if done.returncode != 0 and not found:
        yield Problem(".clang-format", 1, done.stderr.strip())
