"""Writes Delta tables with Spark into the folder FOLDER, in one session, and prints what they hold:
{TABLE: {VERSION: {STORE: its last value}}} as the last line. Runs in the venv that deploy/setup
makes. usage: spark_tables.py FOLDER"""

import json
import pathlib
import sys

from pyspark.sql import SparkSession

FOLDER = pathlib.Path(sys.argv[1])
JARS = ",".join(str(jar) for jar in (pathlib.Path(sys.prefix) / "jars").glob("*.jar"))


def start():
    return (SparkSession.builder.master("local[1]")
            .config("spark.jars", JARS)
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog",
                    "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.databricks.delta.snapshotPartitions", "1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.ui.enabled", "false").getOrCreate())


class Table:
    def __init__(self, spark, name, properties="", partition="PARTITIONED BY (store)"):
        self.spark, self.path, self.held = spark, FOLDER / name, {}
        self.name = f"delta.`{self.path}`"
        self.sql(f"CREATE TABLE {{}} (ds DATE, store STRING, sold DOUBLE) USING delta {partition}"
                 + (f" TBLPROPERTIES ({properties})" if properties else ""))

    def sql(self, statement):
        self.spark.sql(statement.format(self.name))

    def insert(self, store, first, count, columns="ds, store, sold"):
        """One row a day, from the first-th on, each sold one more than the day before."""
        self.sql(f"INSERT INTO {{}} ({columns}) SELECT date_add(DATE'2026-01-01', CAST(id AS INT)),"
                 f" '{store}', CAST(id AS DOUBLE) FROM range({first}, {first + count})")

    def note(self, sold="sold"):
        """What is there now."""
        rows = self.spark.sql(f"SELECT store, max_by({sold}, ds) AS last FROM {self.name} "
                              "GROUP BY store").collect()
        version = self.spark.sql(f"DESCRIBE HISTORY {self.name} LIMIT 1").collect()[0]["version"]
        self.held[version] = {row["store"]: row["last"] for row in rows}


def changed(spark):
    """Every kind of change, and a checkpoint after ten commits."""
    table = Table(spark, "changed")
    table.insert("north", 0, 6)
    table.insert("south west/50%", 0, 6)
    table.note()
    table.sql("DELETE FROM {} WHERE store = 'north' AND ds > '2026-01-04'")
    table.note()
    table.sql("UPDATE {} SET sold = 40 WHERE store = 'north' AND ds = '2026-01-04'")
    table.sql("MERGE INTO {} t USING (SELECT DATE'2026-01-05' AS ds, 'north' AS store, 50D AS sold "
              "UNION ALL SELECT DATE'2026-01-06', 'south west/50%', 60D) s "
              "ON t.ds = s.ds AND t.store = s.store "
              "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")
    table.note()
    table.sql("OPTIMIZE {}")
    table.sql("ALTER TABLE {} ADD COLUMNS (price DOUBLE)")
    for day in range(6, 10):
        table.insert("north", day, 1)
    table.note()
    table.sql("INSERT OVERWRITE {} SELECT date_add(DATE'2026-01-01', CAST(id AS INT)), 'east', "
              "CAST(id AS DOUBLE), 1.5D FROM range(0, 4)")
    table.note()
    return table


def second_kind(spark):
    """Checkpoints of the second kind, with sidecars."""
    table = Table(spark, "second_kind",
                  "'delta.checkpointPolicy' = 'v2', 'delta.checkpointInterval' = '3'")
    for day in range(5):
        table.insert("north", day, 1)
    table.note()
    return table


def renamed(spark):
    """Columns that are stored under other names than they have."""
    table = Table(spark, "renamed", "'delta.columnMapping.mode' = 'name'", partition="")
    table.insert("north", 0, 5)
    table.sql("ALTER TABLE {} RENAME COLUMN sold TO quantity")
    table.insert("north", 5, 2, columns="ds, store, quantity")
    table.note("quantity")
    return table


def vectors(spark):
    """Rows deleted by vectors, in a version of their own."""
    table = Table(spark, "vectors", "'delta.enableDeletionVectors' = 'true'", partition="")
    table.insert("north", 0, 6)
    table.note()
    table.sql("DELETE FROM {} WHERE ds > '2026-01-04'")
    table.note()
    return table


session = start()
tables = [make(session) for make in (changed, second_kind, renamed, vectors)]
print(json.dumps({table.path.name: table.held for table in tables}))
session.stop()
