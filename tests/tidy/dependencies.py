"""Who may include whom: between our folders, and of third-party libraries."""

import fnmatch
import re

from tree import Problem

CORE = ["common/base", "common/domain", "common/ports"]

# Folder -> folders it may include besides itself, first match wins; "*" stands for one folder.
# What works through ports stands on these: common/wire names what the domain knows, common/log
# reports it, common/runtime runs it. None of the three knows a technology behind a port.
EDGE = [*CORE, "common/wire", "common/log", "common/runtime"]
LAYERS = {
    "common/base": [],
    "common/domain": ["common/base"],
    "common/ports": ["common/base", "common/domain"],
    "common/wire": ["common/base", "common/domain"],
    "common/log": ["common/base"],
    "common/metrics": ["common/base"],
    "common/crypto": ["common/base"],
    "common/config": ["common/base", "common/domain", "common/log"],
    "common/runtime": ["common/base", "common/log"],
    # What every consumer of the bus does with a message that can never be used.
    "common/dead_letter": [*CORE, "common/wire", "common/log"],
    # Not an adapter: the row mapping and migration rules that both SQL stores share.
    "common/adapters/sql": CORE,
    "common/adapters/sqlite": [*EDGE, "common/adapters/sql"],
    "common/adapters/postgres": [*EDGE, "common/adapters/sql"],
    "common/adapters/jwt": [*EDGE, "common/crypto"],
    "common/adapters/s3": [*EDGE, "common/crypto", "common/adapters/http_client"],
    "common/adapters/*": EDGE,
    "api/service": [*EDGE, "common/crypto"],
    "api/control": [*EDGE, "common/dead_letter"],
    "api/http": [*EDGE, "common/crypto", "api/service"],
    # WebSocket sessions are upgraded HTTP sessions.
    "api/notifier": [*EDGE, "common/dead_letter", "api/service", "api/http"],
    # Models and forecasts are pure, because the Spark wheel is built from these two alone.
    "worker/models": ["common/base", "common/domain"],
    "worker/forecast": ["common/base", "common/domain", "worker/models"],
    # What a child process runs: reads data and writes artefacts through ports around a forecast.
    "worker/training": [*EDGE, "worker/forecast", "worker/models"],
    "worker/executors": EDGE,
    "worker/runner": [*EDGE, "common/dead_letter"],
    "deploy/trainyard": ["common", "api", "worker", "deploy"],
    "deploy/cmake": [],  # the file of the precompiled header
    "loadtest/client": [],
    # Times the two job stores side by side.
    "loadtest/store": [*EDGE, "common/adapters/sqlite", "common/adapters/postgres"],
    "loadtest/*": [*CORE, "worker/models", "worker/forecast", "loadtest"],
    "tests": ["common", "api", "worker", "deploy", "tests"],
}

# Include -> the only folders that see that library; tests may see all, to check from outside.
LIBRARIES = {
    "sqlite3.h": ["common/adapters/sqlite"],
    "pqxx/*": ["common/adapters/postgres"],
    "libpq-fe.h": ["common/adapters/postgres"],
    "librdkafka/*": ["common/adapters/kafka"],
    "duckdb.h": ["common/adapters/duckdb"],
    "date/*": ["common/adapters/tzdb"],
    "curl/*": ["common/adapters/http_client"],
    "pugixml.hpp": ["common/adapters/s3"],
    "roaring/*": ["common/adapters/delta"],
    "xgboost/*": ["worker/models/xgboost"],
    "Eigen/*": ["worker/models"],
    "boost/*": ["api/http", "api/notifier"],
    "openssl/*": ["common/crypto"],
    "spdlog/*": ["common/log"],
    "valijson/*": ["common/wire"],
    "toml++/*": ["common/config"],
    "CLI/*": ["deploy/trainyard", "loadtest"],
    # Field names live in wire; the others pass JSON on to a child, a model or the terminal.
    "nlohmann/*": ["common/wire", "common/adapters", "worker/training", "worker/models",
                   "deploy/trainyard"],
    "gtest/*": [],
    "gmock/*": [],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
FOLDER = re.compile(r"\b((?:common|api|worker|deploy)/[a-z0-9_/]+)")


def layer_of(folder):
    """The folder whose row of LAYERS holds for `folder`, and what that may include."""
    for pattern, allowed in LAYERS.items():
        depth = pattern.count("/") + 1
        head = "/".join(folder.split("/")[:depth])
        if fnmatch.fnmatchcase(head, pattern):
            return head, allowed
    return None, []


def is_within(folder, above):
    return folder == above or folder.startswith(above + "/")


def layers(tree):
    """Includes only go where the dependency rule allows, and so do the targets' DEPS."""
    for file in tree.files:
        is_target = file.name == "CMakeLists.txt" and layer_of(file.folder)[0]
        if not (file.is_cpp or is_target):
            continue
        own, allowed = layer_of(file.folder)
        if own is None:
            yield Problem(file.path, 1, f"no row of LAYERS says what {file.folder} may include: "
                                        "add one to tests/tidy/dependencies.py")
            continue
        pattern = INCLUDE if file.is_cpp else FOLDER
        for match in pattern.finditer(file.text):
            target = match.group(1)
            if not target or (file.is_cpp and "/" not in target):
                continue
            folder = target.rpartition("/")[0] if file.is_cpp else target
            if not any(is_within(folder, each) for each in [own, *allowed]):
                yield Problem(file.path, file.line_of(match.start(1)),
                              f"{own} may not depend on {folder}, only on "
                              f"{', '.join(allowed) or 'nothing of ours'}")


def libraries(tree):
    """Each third-party library is seen by its one folder."""
    for file in tree.cpp:
        if file.is_below("tests"):
            continue
        for match in INCLUDE.finditer(file.text):
            included = match.group(2) or match.group(1)
            for pattern, folders in LIBRARIES.items():
                if fnmatch.fnmatchcase(included, pattern) and not file.is_below(*folders):
                    yield Problem(file.path, file.line_of(match.start()),
                                  f"<{included}> belongs to "
                                  f"{', '.join(folders) or 'tests'} alone")
