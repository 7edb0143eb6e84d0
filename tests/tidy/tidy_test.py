#!/usr/bin/env python3
"""Every rule of tidy.py reports a tree that breaks it, and passes one that keeps it."""

import os
import tempfile
import unittest
from pathlib import Path

from tidy import RULES
from tree import Tree

HEADER = "#pragma once\n\n"
ROOMS = {"README.md": "", "ARCHITECTURE.md": "| `common` | `common/base` |\n",
         "common/base/error.hpp": HEADER}

# Rule -> [(why, files that break it, part of the report)].
BROKEN = {
    "layers": [
        ("the domain does not know the ports",
         {"common/domain/job.hpp": '#include "common/ports/job_store.hpp"\n'}, "common/ports"),
        ("adapters do not know each other",
         {"common/adapters/kafka/bus.cpp": '#include "common/adapters/sqlite/store.hpp"\n'},
         "common/adapters/kafka may not depend on common/adapters/sqlite"),
        ("api and worker do not know each other",
         {"api/service/x.cpp": '#include "worker/runner/slots.hpp"\n'}, "worker/runner"),
        ("worker and api do not know each other",
         {"worker/runner/x.cpp": '#include "api/service/x.hpp"\n'}, "api/service"),
        ("services see ports only",
         {"api/service/x.cpp": '#include "common/adapters/sqlite/store.hpp"\n'}, "sqlite"),
        ("models do no I/O",
         {"worker/models/ets/x.cpp": '#include "common/ports/artifact_store.hpp"\n'}, "ports"),
        ("forecasts do no I/O",
         {"worker/forecast/x.cpp": '#include "common/wire/json.hpp"\n'}, "common/wire"),
        ("targets link what their folder may include",
         {"common/domain/CMakeLists.txt": "trainyard_library(DEPS common/ports)\n"},
         "common/ports"),
        ("a new folder needs a row", {"common/new/x.cpp": ""}, "no row of LAYERS"),
    ],
    "libraries": [
        (f"<{header}> has one home", {"worker/runner/x.cpp": f"#include <{header}>\n"}, header)
        for header in ["sqlite3.h", "pqxx/pqxx", "librdkafka/rdkafka.h", "duckdb.h", "curl/curl.h",
                       "xgboost/c_api.h", "Eigen/Core", "boost/asio.hpp", "spdlog/async.h",
                       "valijson/validator.hpp", "toml++/toml.h", "CLI/CLI.hpp",
                       "nlohmann/json.hpp", "gtest/gtest.h"]
    ],
    "columns": [("a long line", {"common/base/x.cpp": "//" + "x" * 99 + "\n"}, "101 columns")],
    "file_lengths": [("a long file", {"common/base/x.cpp": "\n" * 501}, "501 lines")],
    "function_lengths": [
        ("a long function", {"common/base/x.cpp": "int f() {" + "\n" * 70 + "}\n"}, "71 lines"),
        ("a long method after an initializer list",
         {"common/base/x.cpp": "namespace a {\nA::A() : b_{1}, c_(2) {" + "\n" * 70 + "}\n}\n"},
         "71 lines"),
        ("a long Python function",
         {"tests/x.py": "def f():\n" + "    pass\n" * 70}, "71 lines"),
    ],
    "banned": [
        ("std::cout", {"common/base/x.cpp": 'void f() { std::cout << "x"; }\n'}, "std::cout"),
        ("getenv", {"common/base/x.cpp": 'auto x = std::getenv("X");\n'}, "getenv"),
        ("sleeping", {"common/base/x.cpp": "std::this_thread::sleep_for(1s);\n"}, "sleeping"),
        ("catch (...)", {"common/base/x.cpp": "try {\n} catch (...) {\n}\n"}, "catch"),
        ("new", {"common/base/x.cpp": "auto* x = new Thing(1);\n"}, "new"),
        ("delete", {"common/base/x.cpp": "void f() { delete x; }\n"}, "delete"),
        ("delete[]", {"common/base/x.cpp": "void f() { delete[] x; }\n"}, "delete"),
        ("thread_local", {"common/base/x.cpp": "thread_local int x;\n"}, "thread_local"),
    ],
    "leftovers": [
        ("an open end", {"common/base/x.cpp": "// TODO: later\n"}, "an open end"),
        ("an open end elsewhere", {"deploy/x.sh": "# FIXME\n"}, "an open end"),
        ("an issue number", {"README.md": "as issue 12 says\n"}, "issue 12"),
        ("a bare issue number", {"common/base/x.cpp": "// see #12.\n"}, "#12"),
        ("a path of one machine", {"README.md": "look at /work/shared/x\n"}, "a path"),
    ],
    "pragma_once": [
        ("a header without a guard", {"common/base/x.hpp": "int f();\n"}, "#pragma once"),
    ],
    "formatting": [
        ("a badly indented line", {"x.cpp": "int   f ( ) {return 1 ;}\n"}, "x.cpp:1: not"),
    ],
    "architecture": [
        ("a room that the map lacks", {**ROOMS, "common/log/log.hpp": HEADER}, "common/log"),
        ("a row without a room",
         {**ROOMS, "ARCHITECTURE.md": ROOMS["ARCHITECTURE.md"] + "| `api/gone` | x |\n"},
         "names api/gone"),
        ("a new top-level folder", {**ROOMS, "misc/x.txt": ""}, "top-level"),
    ],
    "built": [("a source without a target", {"common/base/x.cpp": ""}, "no target")],
    "promises": [("a test that is not there", {"tests/PROMISES.md": "| a | b | `Some.Test` |"},
                  "there is no test Some.Test")],
    "migrations": [
        ("a gap", {f"db/migrations/sqlite/00{n}_x.{d}.sql": "" for n in (1, 3)
                   for d in ("up", "down")}, "002 is missing"),
        ("no way back", {"db/migrations/sqlite/001_x.up.sql": ""}, "001 has no .down.sql"),
        ("a number taken twice", {f"db/migrations/sqlite/001_{name}.{d}.sql": ""
                                  for name in "xy" for d in ("up", "down")}, "taken twice"),
        ("another name", {"db/migrations/sqlite/jobs.sql": ""}, "is named NNN"),
    ],
}

# Rule -> [(what looks like a violation and is none, files)].
KEPT = {
    "layers": [
        ("sharing SQL", {"common/adapters/sqlite/x.cpp": '#include "common/adapters/sql/y.hpp"\n'}),
        ("the composition root", {"deploy/trainyard/x.cpp": '#include "worker/runner/y.hpp"\n'}),
        ("standard headers", {"common/base/x.cpp": "#include <sys/socket.h>\n"}),
    ],
    "libraries": [("tests look from outside", {"tests/unit/x.cpp": "#include <sqlite3.h>\n"})],
    "columns": [
        ("100 columns", {"common/base/x.cpp": "x" * 100 + "\n"}),
        ("an icon's path", {"api/web/x.tsx": f'  icon: "{"M12 9v4" * 20}",\n'}),
        ("100 columns of two bytes each", {"common/base/x.cpp": "//" + "é" * 98 + "\n"}),
    ],
    "function_lengths": [
        ("70 lines", {"common/base/x.cpp": "int f() {" + "\n" * 69 + "}\n"}),
        ("a long table", {"common/base/x.cpp": "const int table[] = {" + "\n" * 90 + "};\n"}),
        ("a long class", {"common/base/x.hpp": "class A : B<C> {" + "\n" * 90 + "};\n"}),
        ("a long namespace", {"common/base/x.cpp": "namespace {\n" + "void f();\n" * 90 + "}\n"}),
        ("a brace in a literal", {"common/base/x.cpp": "auto f() { return '{'; }" + "\n" * 90}),
    ],
    "banned": [
        ("= delete", {"common/base/x.hpp": "A(const A&) = delete;\n"}),
        ("a comment", {"common/base/x.cpp": "// a new thing; delete it, or catch (...) it\n"}),
        ("a literal", {"common/base/x.cpp": 'auto x = "thread_local new X";\n'}),
        ("cleaning up on the way", {"common/base/x.cpp": "catch (...) { undo(); throw; }\n"}),
        ("new that is owned at once",
         {"common/base/x.cpp": "std::unique_ptr<A> a(new A(1));\na.reset(new A(2));\n"}),
        ("placement new", {"common/base/x.cpp": "new (where) Thing;\n"}),
        ("a name", {"common/base/x.cpp": "int new_value = sleep_for(renew);\n"}),
        ("tests read addresses", {"tests/unit/x.cpp": 'std::getenv("TRAINYARD_TEST_KAFKA");\n'}),
    ],
    "leftovers": [
        ("a colour", {"api/web/x.css": "color: #123;\n"}),
        ("a worker's route", {"README.md": "GET /worker/1 and ./work/x\n"}),
        ("a heading", {"README.md": "# 12 ways\n"}),
    ],
    "architecture": [("a full map", ROOMS)],
    "promises": [("one that is", {"tests/PROMISES.md": "`Some.Test`",
                                  "tests/unit/x.cpp": "TEST_F(Some, Test) {}\n"})],
    "migrations": [("two in order", {f"db/migrations/sqlite/00{n}_x.{d}.sql": ""
                                     for n in (1, 2) for d in ("up", "down")})],
}


def tree_of(files, directory):
    for path, text in files.items():
        target = Path(directory) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Tree(files, directory, compiled=set())


class TidyTest(unittest.TestCase):
    maxDiff = None

    def check(self, rule, files):
        with tempfile.TemporaryDirectory() as directory:
            return [str(problem) for problem in RULES[rule](tree_of(files, directory))]

    def test_reports_each_violation(self):
        for rule, cases in BROKEN.items():
            for why, files, part in cases:
                with self.subTest(rule=rule, case=why):
                    problems = self.check(rule, files)
                    self.assertTrue(any(part in problem for problem in problems), problems)

    def test_passes_what_keeps_the_rules(self):
        for rule, cases in KEPT.items():
            for why, files in cases:
                with self.subTest(rule=rule, case=why):
                    self.assertEqual(self.check(rule, files), [])

    def test_names_the_line(self):
        self.assertEqual(self.check("columns", {"a.py": "\n" + "x" * 101}),
                         ["a.py:2: 101 columns, at most 100"])

    def test_has_a_violation_for_every_rule(self):
        self.assertEqual(set(BROKEN), set(RULES))

    def test_registers_every_rule_with_ctest(self):
        registered = os.environ.get("TIDY_RULES")
        if registered is None:
            self.skipTest("run by ctest")
        self.assertEqual(set(registered.split(",")), set(RULES))


if __name__ == "__main__":
    unittest.main()
