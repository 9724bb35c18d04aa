"""The raw layer: rows as the sources sent them, loaded together with the cursor that says how far was read.

    load(connection, "toggl", "tags", [Batch("toggl_track__tags", rows, api_version="v9")], cursor)

is one transaction: either all rows, all tombstones and the cursor are in, or nothing is. Rows that say nothing new are
not rewritten. A row that its source no longer has keeps its data and gets `deleted_at`; seen alive again, it loses it.
Whatever a row said before is kept too: triggers see to it, whoever writes (`raw.revisions` shows every version).
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
from psycopg.errors import UniqueViolation

from tasks.errors import BusyError

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
JsonObject: TypeAlias = dict[str, JsonValue]

# Any constant will do, as long as nothing else in this database uses it: it keeps two syncs of one source apart.
_SYNC_LOCK = 720_531

# Kept: json.dumps would make a new encoder for every row.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """One record as its source sent it, secrets taken out."""

    source_id: str
    data: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Span:
    """The stretch of time from `start` up to, not including, `end` (both aware)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Batch:
    """What one read says about one table (in schema `raw`); of two rows with the same id the later one counts.

    `deleted` are ids that the source no longer has, `alive` ids that it has, though not what they say: their
    tombstones are lifted. Unknown ids, and those that are also among `rows`, are ignored in both.
    """

    table: str
    rows: Sequence[Row]
    deleted: Collection[str] = ()
    api_version: str = ""
    alive: Collection[str] = ()


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


# Digests decide what has changed, so that the stored documents themselves need not be read. `digested` is named once
# only: so Postgres makes no copy of it, and of a new row no digest to compare. New rows are inserted as such, which is
# cheaper than an upsert; `load` sees to what another writer inserts at the same moment.
_LOAD: LiteralString = """
with volatile as (
    select volatile_keys from raw.mirrored_tables where table_name = %(table)s
),
digested as (
    select source_id, data, raw.content_hash(data, (select volatile_keys from volatile)) as content_hash
    from pg_temp.incoming
),
changed as materialized (
    select digested.source_id, digested.data, digested.content_hash, stored.source_id is null as is_new
    from digested
    left join {stored} as stored using (source_id)
    where stored.source_id is null
        or stored.deleted_at is not null
        or digested.content_hash
            <> coalesce(stored.content_hash, raw.content_hash(stored.data, (select volatile_keys from volatile)))
),
written as (
    insert into {stored} (source_id, data, api_version, content_hash)
    select source_id, data, nullif(%(api_version)s, ''), content_hash
    from changed
    where is_new
),
rewritten as (
    update {stored} as stored
    set
        data = changed.data, api_version = nullif(%(api_version)s, ''), content_hash = changed.content_hash,
        synced_at = now(), seen_at = now(), deleted_at = null
    from changed
    where not changed.is_new and stored.source_id = changed.source_id
),
turned as (
    update {stored} as stored
    set
        deleted_at = case when stored.deleted_at is null then now() end,
        synced_at = now(), seen_at = now()
    where
        (stored.source_id = any(%(deleted)s) and stored.deleted_at is null)
        or (stored.source_id = any(%(alive)s) and stored.deleted_at is not null)
    returning stored.deleted_at
)
select
    (select count(*) from changed where is_new),
    (select count(*) from changed where not is_new) + (select count(*) from turned where deleted_at is null),
    (select count(*) from pg_temp.incoming) - (select count(*) from changed),
    (select count(*) from turned where deleted_at is not null)
"""

_COVER: LiteralString = """
insert into raw.coverage (source, stream, during)
select %(source)s, %(stream)s, tstzrange(%(start)s, %(end)s)
where not exists (
    select from raw.coverage
    where source = %(source)s and stream = %(stream)s and during @> tstzrange(%(start)s, %(end)s)
)
"""


def load(
    connection: psycopg.Connection,
    source: str,
    stream: str,
    batches: Sequence[Batch],
    cursor: JsonValue,
) -> list[Loaded]:
    """Load the batches and the cursor of (source, stream) in one transaction; gives what happened, batch by batch.

    A sync of the same source that runs elsewhere at this moment finishes its transaction first.
    """
    try:
        return _load(connection, source, stream, batches, cursor)
    except UniqueViolation:
        # An older writer has inserted one of the new rows meanwhile. Now it is found, and rewritten.
        return _load(connection, source, stream, batches, cursor)


def _load(
    connection: psycopg.Connection, source: str, stream: str, batches: Sequence[Batch], cursor: JsonValue
) -> list[Loaded]:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", (_SYNC_LOCK, source))
        loaded = [_load_batch(connection, batch) for batch in batches]
        connection.execute(
            "insert into raw.sync_state (source, stream, cursor, synced_at) values (%s, %s, %s, now())"
            " on conflict (source, stream) do update set cursor = excluded.cursor, synced_at = excluded.synced_at",
            (source, stream, _json(cursor)),
        )
    return loaded


def record_coverage(connection: psycopg.Connection, source: str, stream: str, span: Span) -> None:
    """Put on record that the stream has been read in full over `span`, if that is new: what lies in it is known now.

    Belongs into the transaction that loads what was read.
    """
    place = {"source": source, "stream": stream, "start": span.start, "end": span.end}
    with connection.transaction():
        connection.execute(_COVER, place)


def read_cursor(connection: psycopg.Connection, source: str, stream: str) -> JsonValue:
    """The cursor that was last loaded for this stream, or None."""
    with connection.transaction():
        row = connection.execute(
            "select cursor from raw.sync_state where source = %s and stream = %s", (source, stream)
        ).fetchone()
    return row[0] if row else None


def volatile_keys(connection: psycopg.Connection, table: str) -> frozenset[str]:
    """The keys of a raw table's records that move without the record changing; its migration names them."""
    query = "select volatile_keys from raw.mirrored_tables where table_name = %s"
    with connection.transaction():
        row = connection.execute(query, (table,)).fetchone()
    return frozenset(row[0] if row else ())


def stored_ids(
    connection: psycopg.Connection, table: str, condition: LiteralString, values: Mapping[str, object]
) -> set[str]:
    """The ids of the live rows of a raw table for which `condition` (SQL over its columns) holds."""
    query = sql.SQL("select source_id from {} where deleted_at is null and ({})")
    with connection.transaction():
        rows = connection.execute(query.format(_table(table), sql.SQL(condition)), values)
        return {source_id for (source_id,) in rows}


@contextmanager
def only_sync_of(connection: psycopg.Connection, source: str, *, waits: bool = True) -> Iterator[None]:
    """Keep other syncs of this source out while the context lasts; waits for one that is under way, or BusyError.

    Without it a sync that read earlier could load later, and put older rows over newer ones.
    """
    key = (_SYNC_LOCK, source)
    with connection.transaction():
        row = connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", key).fetchone()
    if row is None or not row[0]:
        if not waits:
            raise BusyError(f"Another run does this at the moment ({source}).", "Wait for it to end; nothing is lost.")
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
    newest = {row.source_id: row.data for row in batch.rows}
    with connection.cursor() as cursor:
        cursor.execute("create temporary table incoming (source_id text, data jsonb) on commit drop")
        with cursor.copy("copy pg_temp.incoming from stdin") as copy:
            for source_id, data in newest.items():
                copy.write_row((source_id, _json(data)))
        # Unasked, Postgres takes these rows for several times as many, and reads a whole table to look up a few.
        cursor.execute("analyze pg_temp.incoming (source_id)")
        # Never prepared: the one plan would be kept for few ids and for many.
        cursor.execute(
            sql.SQL(_LOAD).format(stored=_table(batch.table)),
            {
                "table": batch.table,
                "api_version": batch.api_version,
                "deleted": [source_id for source_id in batch.deleted if source_id not in newest],
                "alive": [source_id for source_id in batch.alive if source_id not in newest],
            },
            prepare=False,
        )
        figures = cursor.fetchone() or (0, 0, 0, 0)
        cursor.execute("drop table pg_temp.incoming")
    return Loaded(batch.table, *figures)


def _table(name: str) -> sql.Identifier:
    return sql.Identifier("raw", name)


def _json(value: JsonValue | Mapping[str, JsonValue]) -> str:
    """JSON that Postgres can hold: jsonb knows neither U+0000 nor half of a surrogate pair."""
    text = _encode(value)
    if "\\u0000" in text:
        text = _encode(_without_nul(value))
    # Encoding is the quickest way to find half a pair, and few texts have one.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _without_nul(value: JsonValue | Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, Mapping):
        return {key.replace("\0", ""): _without_nul(item) for key, item in value.items()}
    return value
