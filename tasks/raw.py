"""The raw layer: rows as the sources sent them, loaded together with the cursor that says how far was read.

    load(connection, "toggl", "tags", [Batch("toggl_track__tags", rows, api_version="v9")], cursor)

is one transaction: either all rows, all tombstones and the cursor are in, or nothing is. Rows that say nothing new are
not rewritten. A row that its source no longer has keeps its data and gets `deleted_at`; seen alive again, it loses it.
"""

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, TypeAlias

import psycopg
from psycopg import sql

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
JsonObject: TypeAlias = dict[str, JsonValue]

# Any constant will do, as long as nothing else in this database uses it: it keeps two syncs of one source apart.
_SYNC_LOCK = 720_531

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """One record as its source sent it, secrets taken out."""

    source_id: str
    data: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Batch:
    """What one read says about one table (in schema `raw`); of two rows with the same id the later one counts.

    `deleted` are ids that the source no longer has; unknown ones, and those that are also among `rows`, are ignored.
    `volatile` are keys that change without the record changing: a row that differs only there is left as it is.
    """

    table: str
    rows: Sequence[Row]
    deleted: Collection[str] = ()
    api_version: str = ""
    volatile: Collection[str] = ()


@dataclass(frozen=True)
class Loaded:
    """What a batch did to its table, in rows; `updated` counts those that came back to life too."""

    table: str
    inserted: int
    updated: int
    unchanged: int
    deleted: int


@dataclass(frozen=True)
class SyncSummary:
    """What a sync of one source has done; `notes` are sentences on what it had to leave out."""

    source: str
    loaded: tuple[Loaded, ...]
    requests: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        new = sum(each.inserted for each in self.loaded)
        changed = sum(each.updated for each in self.loaded)
        deleted = sum(each.deleted for each in self.loaded)
        figures = f"{new} rows new, {changed} changed, {deleted} deleted, in {self.requests} requests"
        return " ".join([f"{figures}{'.' if self.notes else ''}", *self.notes])


_LOAD: LiteralString = """
with newest as (
    select distinct on (source_id) source_id, data
    from {incoming}
    order by source_id, position desc
),
changed as (
    select newest.source_id, newest.data, stored.source_id is null as is_new
    from newest
    left join {stored} as stored using (source_id)
    where stored.source_id is null
        or stored.deleted_at is not null
        or stored.data - %(volatile)s::text[] is distinct from newest.data - %(volatile)s::text[]
),
written as (
    insert into {stored} (source_id, data, api_version)
    select source_id, data, nullif(%(api_version)s, '')
    from changed
    on conflict (source_id) do update
    set data = excluded.data, api_version = excluded.api_version, synced_at = now(), deleted_at = null
),
buried as (
    update {stored} as stored
    set deleted_at = now(), synced_at = now()
    where stored.source_id = any(%(deleted)s)
        and stored.deleted_at is null
        and not exists (select from newest where newest.source_id = stored.source_id)
    returning stored.source_id
)
select
    (select count(*) from changed where is_new),
    (select count(*) from changed where not is_new),
    (select count(*) from newest) - (select count(*) from changed),
    (select count(*) from buried)
"""


def load(
    connection: psycopg.Connection, source: str, stream: str, batches: Sequence[Batch], cursor: JsonValue
) -> list[Loaded]:
    """Load the batches and the cursor of (source, stream) in one transaction; gives what happened, batch by batch.

    A sync of the same source that runs elsewhere at this moment finishes its transaction first.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", (_SYNC_LOCK, source))
        loaded = [_load_batch(connection, batch) for batch in batches]
        connection.execute(
            "insert into raw.sync_state (source, stream, cursor, synced_at) values (%s, %s, %s, now())"
            " on conflict (source, stream) do update set cursor = excluded.cursor, synced_at = excluded.synced_at",
            (source, stream, _json(cursor)),
        )
    return loaded


def read_cursor(connection: psycopg.Connection, source: str, stream: str) -> JsonValue:
    """The cursor that was last loaded for this stream, or None."""
    with connection.transaction():
        row = connection.execute(
            "select cursor from raw.sync_state where source = %s and stream = %s", (source, stream)
        ).fetchone()
    return row[0] if row else None


def stored_ids(
    connection: psycopg.Connection, table: str, condition: LiteralString, values: Mapping[str, object]
) -> set[str]:
    """The ids of the live rows of a raw table for which `condition` (SQL over its columns) holds."""
    query = sql.SQL("select source_id from {} where deleted_at is null and ({})")
    with connection.transaction():
        rows = connection.execute(query.format(_table(table), sql.SQL(condition)), values)
        return {source_id for (source_id,) in rows}


@contextmanager
def only_sync_of(connection: psycopg.Connection, source: str) -> Iterator[None]:
    """Keep other syncs of this source out while the context lasts; waits for one that is under way.

    Without it a sync that read earlier could load later, and put older rows over newer ones.
    """
    key = (_SYNC_LOCK, source)
    with connection.transaction():
        row = connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", key).fetchone()
    if row is None or not row[0]:
        logger.info("Another sync of %s is under way; waiting for it to end", source)
        with connection.transaction():
            connection.execute("select pg_advisory_lock(%s, hashtext(%s))", key)
    try:
        yield
    finally:
        # A connection that broke has lost its lock already.
        if not connection.closed:
            with connection.transaction():
                connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", key)


def mark_unconfigured(connection: psycopg.Connection, source: str) -> None:
    """Record that the user has not set the source up, so that no page waits for it."""
    _mark(connection, source, configured=False)


def mark_attempt(connection: psycopg.Connection, source: str, *, now: datetime) -> None:
    """Record that a sync of the source, which therefore is set up, was tried at `now` (aware)."""
    _mark(connection, source, configured=True, attempted_at=now)


def mark_success(connection: psycopg.Connection, source: str) -> None:
    """Record that a sync of the source has ended well at this moment: the source's freshness."""
    with connection.transaction():
        row = connection.execute("select clock_timestamp()").fetchone()
    _mark(connection, source, synced_at=row and row[0], error=None)


def mark_failure(connection: psycopg.Connection, source: str, sentence: str) -> None:
    """Record in one sentence why the last sync of the source failed; its freshness stays what it was."""
    _mark(connection, source, error=sentence)


def _mark(connection: psycopg.Connection, source: str, **columns: object) -> None:
    names = [sql.Identifier(name) for name in columns]
    query = sql.SQL(
        "insert into raw.sync_state (source, stream, {names}) values (%(source)s, 'all', {values})"
        " on conflict (source, stream) do update set {changes}"
    ).format(
        names=sql.SQL(", ").join(names),
        values=sql.SQL(", ").join(map(sql.Placeholder, columns)),
        changes=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in names),
    )
    with connection.transaction():
        connection.execute(query, {"source": source, **columns})


def _load_batch(connection: psycopg.Connection, batch: Batch) -> Loaded:
    incoming = sql.Identifier("pg_temp", "incoming")
    with connection.cursor() as cursor:
        cursor.execute("create temporary table incoming (position int, source_id text, data jsonb) on commit drop")
        with cursor.copy(sql.SQL("copy {} from stdin").format(incoming)) as copy:
            for position, row in enumerate(batch.rows):
                copy.write_row((position, row.source_id, _json(row.data)))
        cursor.execute(
            sql.SQL(_LOAD).format(incoming=incoming, stored=_table(batch.table)),
            {"volatile": list(batch.volatile), "api_version": batch.api_version, "deleted": list(batch.deleted)},
        )
        figures = cursor.fetchone() or (0, 0, 0, 0)
        cursor.execute("drop table pg_temp.incoming")
    return Loaded(batch.table, *figures)


def _table(name: str) -> sql.Identifier:
    return sql.Identifier("raw", name)


def _json(value: JsonValue | Mapping[str, JsonValue]) -> str:
    """JSON that Postgres can hold: jsonb knows neither U+0000 nor half of a surrogate pair."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in text:
        text = json.dumps(_without_nul(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_nul(value: JsonValue | Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, Mapping):
        return {key.replace("\0", ""): _without_nul(item) for key, item in value.items()}
    return value
