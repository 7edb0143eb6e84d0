#!/usr/bin/env python3
"""Checks the rules of CONTRIBUTING.md over the whole tree.

usage: tidy.py [--root DIR] [--build DIR] [RULE ...]     all rules when none is named
"""

import argparse
import json
import sys
from pathlib import Path

import dependencies
import structure
import style
from tree import read_tree

RULES = {rule.__name__: rule for rule in [
    dependencies.layers, dependencies.libraries,
    style.columns, style.file_lengths, style.function_lengths, style.banned, style.leftovers,
    style.pragma_once, style.formatting,
    structure.architecture, structure.promises, structure.built, structure.migrations]}


def compiled_sources(root, build):
    commands = Path(build) / "compile_commands.json"
    files = {Path(entry["file"]) for entry in json.loads(commands.read_text())}
    return {str(f.relative_to(root)) for f in files if f.is_relative_to(root)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=str(Path(__file__).resolve().parents[2]))
    parser.add_argument("--build", help="a configured build: checks that it builds every source")
    parser.add_argument("rules", nargs="*", metavar="RULE", help=", ".join(RULES))
    arguments = parser.parse_args()
    unknown = set(arguments.rules) - set(RULES)
    if unknown:
        parser.error(f"no rule {', '.join(sorted(unknown))}; there are {', '.join(RULES)}")

    compiled = compiled_sources(arguments.root, arguments.build) if arguments.build else None
    tree = read_tree(arguments.root, compiled)
    problems = 0
    for name in arguments.rules or RULES:
        for problem in RULES[name](tree):
            problems += 1
            print(f"{problem} [{name}]")
    if problems:
        print(f"{problems} problem{'s' if problems > 1 else ''}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
