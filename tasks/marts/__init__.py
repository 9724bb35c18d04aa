"""What the marts say, read into typed rows: any mart by some of its columns, and a day with all that its page needs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.errors import InvalidSchemaName, UndefinedColumn, UndefinedTable
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row

from tasks.errors import DatabaseError
from tasks.marts.rows import (
    DailyCategory,
    DailySummary,
    Day,
    DayNote,
    MartRow,
    ShownCategory,
    SourceState,
    TimelineStretch,
)

_Row = TypeVar("_Row", bound=MartRow)


@dataclass(frozen=True)
class DayMarts:
    """All that the page of one day is made of; `shown` are the categories' names and colours, in the user's order."""

    day: Day
    summary: DailySummary
    categories: Sequence[DailyCategory]
    timeline: Sequence[TimelineStretch]
    notes: Sequence[DayNote]
    sources: Sequence[SourceState]
    shown: Mapping[str, ShownCategory]


def read(connection: psycopg.Connection, kind: type[_Row], **where: object) -> list[_Row]:
    """The rows of a mart whose columns have these values, such as `day=`; all rows without any.

    They come in the order that their type names. DatabaseError when the marts are missing or of another release.
    """
    with _cure_named(), connection.transaction():
        return _ask(connection, kind, **where).fetchall()


def read_day(connection: psycopg.Connection, day: date) -> DayMarts | None:
    """Read the marts of `day`, or None when they do not know it; DatabaseError when there are no marts.

    On a connection without an open transaction everything comes from one snapshot, also while dbt builds.
    """
    fresh = connection.info.transaction_status is TransactionStatus.IDLE
    # All questions are sent before the first answer is awaited: the database may be far away.
    with _cure_named(), connection.pipeline(), connection.transaction():
        if fresh:
            connection.execute("set transaction isolation level repeatable read, read only")
        summaries, days = _ask(connection, DailySummary, day=day), _ask(connection, Day, day=day)
        categories = _ask(connection, DailyCategory, day=day)
        timeline = _ask(connection, TimelineStretch, day=day)
        notes = _ask(connection, DayNote, day=day)
        sources = _ask(connection, SourceState)
        in_order = _ask(connection, ShownCategory)
    summary, bounds = summaries.fetchone(), days.fetchone()
    if summary is None or bounds is None:
        return None
    shown = {category.category: category for category in in_order.fetchall()}
    places = {name: place for place, name in enumerate(shown)}
    return DayMarts(
        day=bounds,
        summary=summary,
        categories=sorted(categories.fetchall(), key=lambda row: places.get(row.category, len(places))),
        timeline=timeline.fetchall(),
        notes=notes.fetchall(),
        sources=sources.fetchall(),
        shown=shown,
    )


def known_days(connection: psycopg.Connection) -> tuple[date, date] | None:
    """The first and the last day that the marts hold, or None when they hold none; DatabaseError without marts."""
    with _cure_named(), connection.transaction():
        row = connection.execute("select min(day), max(day) from marts.daily_summary").fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def _ask(connection: psycopg.Connection, kind: type[_Row], **where: object) -> psycopg.Cursor[_Row]:
    columns = tuple(field.name for field in fields(kind))
    query = _query(kind.MART, columns, tuple(kind.ORDER), tuple(where))
    return connection.cursor(row_factory=class_row(kind)).execute(query, where)


@cache
def _query(mart: str, columns: Sequence[str], order: Sequence[str], conditions: Sequence[str]) -> bytes:
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("select {columns} from {mart}").format(columns=named, mart=sql.Identifier("marts", mart))
    if conditions:
        equal = (sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in conditions)
        query += sql.SQL(" where ") + sql.SQL(" and ").join(equal)
    # Composing costs more than asking, so it is done once.
    return query.as_bytes() + b" order by " + ", ".join(order).encode()


@contextmanager
def _cure_named() -> Iterator[None]:
    try:
        yield
    except (InvalidSchemaName, UndefinedTable, UndefinedColumn) as error:
        what = (error.diag.message_primary or "the marts are missing").rstrip(".")
        raise DatabaseError(f"The page's tables cannot be read: {what}.", "Build them with `lifetracer run`.") from None
