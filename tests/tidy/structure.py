"""How the tree hangs together: the map, the build, the migrations."""

import re
from collections import defaultdict

from tree import Problem

MAP = "ARCHITECTURE.md"
TOP_LEVEL = {"common", "api", "worker", "schemas", "db", "deploy", "tests", "loadtest"}
SIDES = ["common", "api", "worker"]  # their subfolders are rooms, each with a row in the map
PROMISES = "tests/PROMISES.md"
TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", re.MULTILINE)
NAMED_TEST = re.compile(r"`([A-Z]\w+\.[A-Z]\w+)`")
MIGRATION = re.compile(r"(\d{3})_([a-z0-9_]+)\.(up|down)\.sql")


def rooms(tree):
    for folder in tree.folders:
        side, _, rest = folder.partition("/")
        if side in SIDES and rest and "/" not in rest and folder != "common/adapters":
            yield folder


def architecture(tree):
    """The map names every room, and every room it names exists."""
    text = tree.text_of(MAP)
    top = {folder for folder in tree.folders if "/" not in folder and not folder.startswith(".")}
    for folder in sorted(top - TOP_LEVEL):
        yield Problem(folder, 1, "a new top-level folder: the top level is "
                                 + ", ".join(sorted(TOP_LEVEL)))
    for folder in sorted((top & TOP_LEVEL) | set(rooms(tree))):
        if f"`{folder}`" not in text and f"`{folder}/" not in text:
            yield Problem(MAP, 1, f"does not name {folder}: add a row to the code map")
    for number, line in enumerate(text.split("\n"), 1):
        row = re.match(r"\| `([a-z_]+(?:/[a-z_]+)*)(?:/\*)?` \|", line)
        if row and row[1] not in tree.folders:
            yield Problem(MAP, number, f"names {row[1]}, which does not exist")


def promises(tree):
    """Every test that a promise rests on exists."""
    existing = set()
    for file in tree.cpp:
        existing.update(".".join(names) for names in TEST.findall(file.text))
    for number, line in enumerate(tree.text_of(PROMISES).split("\n"), 1):
        for name in NAMED_TEST.findall(line):
            if name not in existing:
                yield Problem(PROMISES, number, f"there is no test {name}")


def built(tree):
    """Every source file belongs to a target."""
    if tree.compiled is None:
        return
    for file in tree.cpp:
        if file.path.endswith(".cpp") and file.path not in tree.compiled:
            yield Problem(file.path, 1, "no target builds this file")


def migrations(tree):
    """Migrations are numbered without gaps and each can be undone."""
    found = defaultdict(lambda: defaultdict(set))
    for file in tree.files:
        if not file.is_below("db/migrations"):
            continue
        name = MIGRATION.fullmatch(file.name)
        if not name:
            yield Problem(file.path, 1, "a migration is named NNN_name.up.sql or .down.sql")
            continue
        found[file.folder][int(name[1])].add((name[2], name[3]))
    for folder, numbers in sorted(found.items()):
        for expected, number in enumerate(sorted(numbers), 1):
            if number != expected:
                yield Problem(folder, 1, f"number {expected:03} is missing before {number:03}")
                break
        for number, files in sorted(numbers.items()):
            names = {name for name, _ in files}
            if len(names) != 1:
                yield Problem(folder, 1, f"number {number:03} is taken twice: {sorted(names)}")
            elif len(files) != 2:
                (_, direction), = files
                missing = "down" if direction == "up" else "up"
                yield Problem(folder, 1, f"number {number:03} has no .{missing}.sql")
