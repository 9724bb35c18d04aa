"""What the marts say, read into typed rows: any mart by some of its columns, and a day with all that its page needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
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
    try:
        with connection.cursor(row_factory=class_row(kind)) as cursor:
            return cursor.execute(_query(kind, tuple(where)), where).fetchall()
    except (InvalidSchemaName, UndefinedTable, UndefinedColumn) as error:
        raise _no_marts(error) from None


def read_day(connection: psycopg.Connection, day: date) -> DayMarts | None:
    """Read the marts of `day`, or None when they do not know it; DatabaseError when there are no marts.

    On a connection without an open transaction everything comes from one snapshot, also while dbt builds.
    """
    fresh = connection.info.transaction_status is TransactionStatus.IDLE
    with connection.transaction():
        if fresh:
            connection.execute("set transaction isolation level repeatable read, read only")
        summaries, days = read(connection, DailySummary, day=day), read(connection, Day, day=day)
        if not summaries or not days:
            return None
        shown = {category.category: category for category in read(connection, ShownCategory)}
        places = {name: place for place, name in enumerate(shown)}
        return DayMarts(
            day=days[0],
            summary=summaries[0],
            categories=sorted(
                read(connection, DailyCategory, day=day), key=lambda row: places.get(row.category, len(places))
            ),
            timeline=read(connection, TimelineStretch, day=day),
            notes=read(connection, DayNote, day=day),
            sources=read(connection, SourceState),
            shown=shown,
        )


def known_days(connection: psycopg.Connection) -> tuple[date, date] | None:
    """The first and the last day that the marts hold, or None when they hold none; DatabaseError without marts."""
    try:
        with connection.transaction():
            row = connection.execute("select min(day), max(day) from marts.daily_summary").fetchone()
    except (InvalidSchemaName, UndefinedTable) as error:
        raise _no_marts(error) from None
    return None if row is None or row[0] is None else (row[0], row[1])


def _query(kind: type[MartRow], conditions: Sequence[str]) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(field.name) for field in fields(kind))
    query = sql.SQL("select {columns} from {mart}").format(columns=columns, mart=sql.Identifier("marts", kind.MART))
    if conditions:
        equal = (sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in conditions)
        query += sql.SQL(" where ") + sql.SQL(" and ").join(equal)
    return query + sql.SQL(" order by ") + sql.SQL(", ").join(map(sql.SQL, kind.ORDER))


def _no_marts(error: psycopg.Error) -> DatabaseError:
    what = (error.diag.message_primary or "the marts are missing").rstrip(".")
    return DatabaseError(f"The page's tables cannot be read: {what}.", "Build them with `lifetracer run`.")
