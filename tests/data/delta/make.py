"""Makes the logs beside this file with deltalake 1.6.6 (PyPI: deltalake, pyarrow). The data files
are not kept: what reads a log must not need them. usage: make.py, in this folder"""

import pathlib
import shutil
import tempfile

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake

HERE = pathlib.Path(__file__).parent


def rows(stores, days, first=0):
    return pa.table({
        "store": [store for store in stores for _ in range(days)],
        "day": [f"2026-01-{first + day + 1:02}" for _ in stores for day in range(days)],
        "sold": [float(day) for _ in stores for day in range(days)]})


def priced(days, first=0):
    return rows(["east"], days, first).append_column("price", pa.array([1.5] * days))


def keep(name, work):
    target = HERE / name / "_delta_log"
    shutil.rmtree(target.parent, ignore_errors=True)
    shutil.copytree(work / "_delta_log", target)


def partitioned(path):
    """One partition per store; every kind of operation; a checkpoint at version 10."""
    write_deltalake(path, rows(["north", "south"], 5), partition_by=["store"])           # 0
    write_deltalake(path, rows(["north"], 3, 5), mode="append")                          # 1
    DeltaTable(path).delete("store = 'south' AND day = '2026-01-02'")                    # 2
    (DeltaTable(path).merge(rows(["north", "west"], 2, 7), "t.store = s.store AND t.day = s.day",
                            source_alias="s", target_alias="t")
     .when_matched_update_all().when_not_matched_insert_all().execute())                 # 3
    DeltaTable(path).optimize.compact()                                                  # 4
    write_deltalake(path, priced(1, 20), mode="append", schema_mode="merge")             # 5
    write_deltalake(path, priced(4), mode="overwrite")                           # 6
    table = DeltaTable(path)
    table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)     # 7, 8
    while DeltaTable(path).version() < 10:
        write_deltalake(path, priced(1, 10), mode="append")
    DeltaTable(path).create_checkpoint()
    write_deltalake(path, priced(2, 12), mode="append")                          # 11


def plain(path):
    """No partitions: one file per store in versions 0 to 2, several stores in one in 3."""
    for store in ("north", "south"):
        write_deltalake(path, rows([store], 3), mode="append")
    write_deltalake(path, rows(["north"], 2, 3), mode="append",
                    commit_properties=CommitProperties(custom_metadata={"by": "night run"}))
    write_deltalake(path, rows(["north", "south"], 1, 6), mode="append")


for make in (partitioned, plain):
    with tempfile.TemporaryDirectory() as folder:
        make(folder)
        keep(make.__name__, pathlib.Path(folder))
