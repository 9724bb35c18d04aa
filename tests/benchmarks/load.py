"""Rows per second into Postgres: our load path against two kinds of upsert, and against plain COPY as the limit.

Every way starts from the same records as the sync has them in hand, makes JSON of them, and ends with the commit.
They take turns on one embedded server that has nothing else to do, each after a vacuum and a checkpoint; of several
rounds the median counts.
"""

import itertools
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from deployments.console import output
from infra.local.clock import ManualClock
from infra.local.life import live
from infra.local.toggl_json import entry_json
from tasks.database import Database, migrate
from tasks.embedded import embedded_postgres
from tasks.raw import Batch, JsonObject, Row, load
from tests.benchmarks.tables import print_table

_ROUNDS_BY_SIZE = {1_000: 9, 10_000: 3, 100_000: 1}
_WARM_UP_ROWS = 1_000
_ROWS_PER_STATEMENT = 1_000
_STATES = _FIRST, _UNCHANGED, _CHANGED = "first load", "unchanged", "1 % changed"
_SIZES_AND_STATES = tuple(itertools.product(_ROUNDS_BY_SIZE, _STATES))
_FIRST_LOAD_AIM = 3.0
_NOW = datetime(2026, 3, 9, 5, 23, 5, tzinfo=UTC)
# The invented person logs a few more, so that there are always enough.
_ENTRIES_PER_DAY = 30

# A raw table as it was before our time, and one that costs as little as a table can.
_TABLES = """
create schema bench;
create table bench.upserted (
    id uuid primary key default gen_random_uuid(),
    source_id text not null unique,
    data jsonb not null,
    synced_at timestamptz not null default now(),
    api_version text
);
create table bench.bare (source_id text, data jsonb);
"""
_UPSERT = """
insert into bench.upserted (source_id, data, synced_at, api_version) values {rows}
on conflict (source_id) do update
set data = excluded.data, synced_at = excluded.synced_at, api_version = excluded.api_version
"""
_ROW = "(%s, %s, now(), 'v9')"

_Records = Sequence[JsonObject]


@dataclass(frozen=True)
class _Way:
    """A way to bring records into Postgres, and the tables that it fills."""

    name: str
    tables: str
    write: Callable[[psycopg.Connection, _Records], None]


@dataclass(frozen=True)
class _Cost:
    """What one load took."""

    seconds: float
    wal_bytes: int


@dataclass(frozen=True)
class _Cell:
    """One cell of the table: so many rows, in this state, in this way."""

    size: int
    state: str
    way: _Way


_Costs = dict[_Cell, list[_Cost]]


def measure_load() -> None:
    """Print rows per second of every way at every size, first load, unchanged and 1 % changed, and what they log."""
    with TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as url, output.status("Measuring the load"):
        database = Database(url)
        migrate(database)
        with database.connect() as connection, database.connect(autocommit=True) as keeper:
            keeper.execute(_TABLES)
            # What the server does of its own accord would be counted as ours.
            keeper.execute("alter system set autovacuum = off")
            keeper.execute("select pg_reload_conf()")
            costs = _measure_all(connection, keeper, _entries(max(_ROUNDS_BY_SIZE)))
    _print_speeds(costs)
    _print_ratios(costs)
    _print_logged(costs)


def _entries(count: int) -> _Records:
    """So many entries of one life, as a sync reads them."""
    days = count // _ENTRIES_PER_DAY
    track = live(7, ManualClock(_NOW), ZoneInfo("Asia/Tokyo"), days).track
    entries = itertools.islice(track.entries.values(), count)
    records: list[JsonObject] = json.loads(json.dumps([entry_json(entry, track) for entry in entries]))
    return records


def _edited(records: _Records) -> _Records:
    """The records, every hundredth of them edited."""
    return [
        record if number % 100 else record | {"description": f"{record['description']}, edited"}
        for number, record in enumerate(records)
    ]


def _measure_all(connection: psycopg.Connection, keeper: psycopg.Connection, records: _Records) -> _Costs:
    _measure_round(connection, keeper, records[:_WARM_UP_ROWS])
    costs: _Costs = defaultdict(list)
    for size, rounds in _ROUNDS_BY_SIZE.items():
        for _ in range(rounds):
            for cell, cost in _measure_round(connection, keeper, records[:size]).items():
                costs[cell].append(cost)
    return costs


def _measure_round(connection: psycopg.Connection, keeper: psycopg.Connection, records: _Records) -> dict[_Cell, _Cost]:
    """Load the records three times in each way, from empty tables on."""
    given = {_FIRST: records, _UNCHANGED: records, _CHANGED: _edited(records)}
    costs = {}
    for way in _WAYS:
        keeper.execute(sql.SQL("truncate " + way.tables))
        for state in _STATES:
            costs[_Cell(len(records), state, way)] = _measure(connection, keeper, way, given[state])
    return costs


def _measure(connection: psycopg.Connection, keeper: psycopg.Connection, way: _Way, records: _Records) -> _Cost:
    keeper.execute(sql.SQL("vacuum analyze " + way.tables))
    keeper.execute("checkpoint")
    logged, began = _logged_bytes(keeper), time.perf_counter()
    with connection.transaction():
        way.write(connection, records)
    return _Cost(time.perf_counter() - began, _logged_bytes(keeper) - logged)


def _logged_bytes(keeper: psycopg.Connection) -> int:
    row = keeper.execute("select (pg_current_wal_insert_lsn() - '0/0')::bigint").fetchone()
    return int(row[0]) if row else 0


def _copy_bare(connection: psycopg.Connection, records: _Records) -> None:
    with connection.cursor() as cursor, cursor.copy("copy bench.bare from stdin") as copy:
        for record in records:
            copy.write_row((str(record["id"]), json.dumps(record)))


def _load(connection: psycopg.Connection, records: _Records) -> None:
    rows = [Row(str(record["id"]), record) for record in records]
    load(connection, "toggl", "entries", [Batch("toggl_track__time_entries", rows, api_version="v9")], None)


def _upsert_many(connection: psycopg.Connection, records: _Records) -> None:
    for start in range(0, len(records), _ROWS_PER_STATEMENT):
        some = records[start : start + _ROWS_PER_STATEMENT]
        values = [value for record in some for value in (str(record["id"]), json.dumps(record))]
        connection.execute(_UPSERT.format(rows=", ".join([_ROW] * len(some))).encode(), values)


def _upsert_each(connection: psycopg.Connection, records: _Records) -> None:
    statement = _UPSERT.format(rows=_ROW).encode()
    for record in records:
        connection.execute(statement, (str(record["id"]), json.dumps(record)))


_BARE = _Way("bare COPY", "bench.bare", _copy_bare)
_OURS = _Way("our load", "raw.toggl_track__time_entries, raw.superseded", _load)
_MANY = _Way("upsert by 1000", "bench.upserted", _upsert_many)
_EACH = _Way("upsert by 1", "bench.upserted", _upsert_each)
_WAYS = (_BARE, _OURS, _MANY, _EACH)


def _print_speeds(costs: _Costs) -> None:
    lines = [
        (f"{size:,}", state, *(f"{size / _seconds(costs, size, state, way):,.0f}" for way in _WAYS))
        for size, state in _SIZES_AND_STATES
    ]
    print_table("Rows per second", ["rows", "", *(way.name for way in _WAYS)], lines)


def _print_ratios(costs: _Costs) -> None:
    pairs = ((_OURS, _BARE), (_MANY, _OURS), (_EACH, _OURS))
    lines = [
        (f"{size:,}", state, *(f"{_ratio(costs, size, state, *pair):.1f}x" for pair in pairs))
        for size, state in _SIZES_AND_STATES
    ]
    title = "Our load: times as long as bare COPY, times as fast as upserts"
    print_table(title, ["rows", "", _BARE.name, _MANY.name, _EACH.name], lines)
    longest = max(_ratio(costs, size, _FIRST, _OURS, _BARE) for size in _ROUNDS_BY_SIZE)
    cells = itertools.product(_SIZES_AND_STATES, (_MANY, _EACH))
    least = min(_ratio(costs, *size_and_state, way, _OURS) for size_and_state, way in cells)
    output.print(f"First load: at most {longest:.1f} times as long as bare COPY (aim: {_FIRST_LOAD_AIM:.1f}).")
    output.print(f"Against upserts: at least {least:.1f} times as fast (aim: more than 1.0).")


def _print_logged(costs: _Costs) -> None:
    lines = [
        (f"{size:,}", "", *(f"{_logged_kilobytes(costs, size, way):,.0f}" for way in _WAYS)) for size in _ROUNDS_BY_SIZE
    ]
    print_table("WAL that an unchanged reload writes, in kB", ["rows", "", *(way.name for way in _WAYS)], lines)


def _seconds(costs: _Costs, size: int, state: str, way: _Way) -> float:
    return statistics.median(cost.seconds for cost in costs[_Cell(size, state, way)])


def _ratio(costs: _Costs, size: int, state: str, way: _Way, other: _Way) -> float:
    """How many times as long one way takes as the other."""
    return _seconds(costs, size, state, way) / _seconds(costs, size, state, other)


def _logged_kilobytes(costs: _Costs, size: int, way: _Way) -> float:
    return statistics.median(cost.wal_bytes for cost in costs[_Cell(size, _UNCHANGED, way)]) / 1000
