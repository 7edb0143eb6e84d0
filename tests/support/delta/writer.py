"""Writes a Delta table with deltalake, as the lines on standard input say: {"do": NAME, ARGUMENT…}
each, answered by {"version": N} once it is committed. Runs in the venv that deploy/setup makes.
usage: writer.py TABLE"""

import datetime
import json
import sys

from arro3.core import Array, DataType, Table
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

PATH = sys.argv[1]


def rows(store, first, count):
    """One row a day, from the first-th on."""
    start = datetime.date(2026, 1, 1)
    dates = [str(start + datetime.timedelta(days=first + day)) for day in range(count)]
    return Table.from_pydict({
        "ds": Array(dates, type=DataType.string()),
        "store": Array([store] * count, type=DataType.string()),
        "day": Array(list(range(first, first + count)), type=DataType.int64()),
        "sold": Array([float(day) for day in range(count)], type=DataType.float64())})


def append(store="north", first=0, count=1):
    """A checkpoint follows every tenth commit."""
    write_deltalake(PATH, rows(store, first, count), mode="append", partition_by=["store"],
                    configuration={"delta.checkpointInterval": "10"})


def append_among_others(store, count):
    """One after the other, each tried until no other writer is in its way."""
    for day in range(count):
        while True:
            try:
                append(store, day)
                break
            except DeltaError as refused:
                if "ersion" not in str(refused) and "onflict" not in str(refused):
                    raise


def overwrite(store="north", count=1):
    write_deltalake(PATH, rows(store, 0, count), mode="overwrite")


def merge(store="north", first=0, count=1):
    (DeltaTable(PATH).merge(rows(store, first, count), "t.store = s.store AND t.day = s.day",
                            source_alias="s", target_alias="t")
     .when_matched_update_all().when_not_matched_insert_all().execute())


def delete(where):
    DeltaTable(PATH).delete(where)


def compact():
    DeltaTable(PATH).optimize.compact()


def vacuum():
    DeltaTable(PATH).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


ACTIONS = {action.__name__: action
           for action in (append, append_among_others, overwrite, merge, delete, compact, vacuum)}

for line in sys.stdin:
    command = json.loads(line)
    ACTIONS[command.pop("do")](**command)
    print(json.dumps({"version": DeltaTable(PATH).version()}), flush=True)
