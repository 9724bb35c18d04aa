"""What the marts say, read into typed rows: any mart by some of its columns, and a day with all that its page needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from typing import Protocol, TypeVar

import psycopg
from psycopg import sql
from psycopg.errors import InvalidSchemaName, UndefinedColumn, UndefinedTable
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row

from tasks.errors import DatabaseError
from tasks.marts.rows import (
    AdherenceTrend,
    Advice,
    CategoryHistory,
    DailyCategory,
    DailySummary,
    Day,
    DayNote,
    LedgerPiece,
    MartRow,
    NextDayPlan,
    PlanOutcome,
    ShownCategory,
    Sleep,
    SourceState,
    Streak,
    TimelineStretch,
    UntrackedGap,
)

HISTORY_DAYS = 28

_Row = TypeVar("_Row", bound=MartRow)


class _OfCategory(Protocol):
    @property
    def category(self) -> str: ...


_Categorized = TypeVar("_Categorized", bound=_OfCategory)


@dataclass(frozen=True)
class Span:
    """The days, weeks or months from `first` to `last`, both of them in it."""

    first: date
    last: date


@dataclass(frozen=True)
class DayMarts:
    """All that the page of one day is made of; `shown` are the categories' names and colours, in the user's order.

    `summaries`, `trend`, `sleeps` and `streaks` are those of the 28 days up to this one, `history` its categories'.
    """

    day: Day
    summary: DailySummary
    categories: Sequence[DailyCategory]
    timeline: Sequence[TimelineStretch]
    notes: Sequence[DayNote]
    sources: Sequence[SourceState]
    shown: Mapping[str, ShownCategory]
    ledger: Sequence[LedgerPiece]
    outcomes: Sequence[PlanOutcome]
    gaps: Sequence[UntrackedGap]
    summaries: Sequence[DailySummary]
    trend: Sequence[AdherenceTrend]
    sleeps: Sequence[Sleep]
    history: Sequence[CategoryHistory]
    streaks: Sequence[Streak]
    next_day: Day | None
    next_summary: DailySummary | None
    next_events: Sequence[NextDayPlan]
    advice: Sequence[Advice]


def read(connection: psycopg.Connection, kind: type[_Row], **where: object) -> list[_Row]:
    """The rows of a mart whose columns have these values, such as `day=`, or lie in a `Span`; all rows without any.

    They come in the order that their type names. DatabaseError when the marts are missing or of another release.
    """
    with _cure_named(), connection.transaction():
        return ask(connection, kind, **where).fetchall()


def read_day(connection: psycopg.Connection, day: date) -> DayMarts | None:
    """Read the marts of `day`, or None when they do not know it; DatabaseError when there are no marts.

    On a connection without an open transaction everything comes from one snapshot, also while dbt builds.
    """
    lately = Span(day - timedelta(days=HISTORY_DAYS - 1), day)
    with reading(connection):
        days = ask(connection, Day, day=Span(day, day + timedelta(days=2)))
        categories = ask(connection, DailyCategory, day=day)
        timeline = ask(connection, TimelineStretch, day=day)
        notes = ask(connection, DayNote, day=day)
        ledger = ask(connection, LedgerPiece, day=day)
        outcomes = ask(connection, PlanOutcome, day=day)
        gaps = ask(connection, UntrackedGap, day=day)
        summaries = ask(connection, DailySummary, day=Span(lately.first, day + timedelta(days=2)))
        trend = ask(connection, AdherenceTrend, day=lately)
        sleeps = ask(connection, Sleep, day=lately)
        history = ask(connection, CategoryHistory, day=day)
        streaks = ask(connection, Streak, day=lately)
        next_events = ask(connection, NextDayPlan, day=day)
        advice = ask(connection, Advice, day=day)
        sources = ask(connection, SourceState)
        in_order = ask(connection, ShownCategory)
    known, figures = days.fetchall(), summaries.fetchall()
    recent, later = [row for row in figures if row.day <= day], [row for row in figures if row.day > day]
    if not known or known[0].day != day or not recent or recent[-1].day != day:
        return None
    shown = {category.category: category for category in in_order.fetchall()}
    return DayMarts(
        day=known[0],
        summary=recent[-1],
        categories=in_the_users_order(categories.fetchall(), shown),
        timeline=timeline.fetchall(),
        notes=notes.fetchall(),
        sources=sources.fetchall(),
        shown=shown,
        ledger=ledger.fetchall(),
        outcomes=outcomes.fetchall(),
        gaps=gaps.fetchall(),
        summaries=recent,
        trend=trend.fetchall(),
        sleeps=sleeps.fetchall(),
        history=history.fetchall(),
        streaks=streaks.fetchall(),
        # Not simply the next date: where a zone crossed the date line there is none of that name.
        next_day=known[1] if len(known) > 1 else None,
        next_summary=later[0] if later else None,
        next_events=next_events.fetchall(),
        advice=advice.fetchall(),
    )


@contextmanager
def reading(connection: psycopg.Connection) -> Iterator[None]:
    """Ask several questions of the marts at once, of one snapshot if no transaction is open yet.

    All are sent before the first answer is awaited: the database may be far away.
    """
    fresh = connection.info.transaction_status is TransactionStatus.IDLE
    with _cure_named(), connection.pipeline(), connection.transaction():
        if fresh:
            connection.execute("set transaction isolation level repeatable read, read only")
        yield


def ask(connection: psycopg.Connection, kind: type[_Row], **where: object) -> psycopg.Cursor[_Row]:
    """Ask as `read` does, without waiting for the answer: one question of several that are `reading` together."""
    columns = tuple(field.name for field in fields(kind))
    query = _query(kind.MART, columns, tuple(kind.ORDER), tuple((name, type(value)) for name, value in where.items()))
    values = {name: value for name, value in where.items() if not isinstance(value, Span)}
    spans = {name: value for name, value in where.items() if isinstance(value, Span)}
    bounds = {f"{name}_{end}": getattr(span, end) for name, span in spans.items() for end in ("first", "last")}
    return connection.cursor(row_factory=class_row(kind)).execute(query, values | bounds)


def in_the_users_order(rows: Iterable[_Categorized], shown: Mapping[str, ShownCategory]) -> list[_Categorized]:
    """Rows of categories in the order in which the user keeps them, unknown ones last."""
    places = {name: place for place, name in enumerate(shown)}
    return sorted(rows, key=lambda row: places.get(row.category, len(places)))


def known_days(connection: psycopg.Connection) -> tuple[date, date] | None:
    """The first and the last day that the marts hold, or None when they hold none; DatabaseError without marts."""
    with _cure_named(), connection.transaction():
        row = connection.execute("select min(day), max(day) from marts.daily_summary").fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


@cache
def _query(
    mart: str, columns: Sequence[str], order: Sequence[str], conditions: Sequence[tuple[str, type[object]]]
) -> bytes:
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("select {columns} from {mart}").format(columns=named, mart=sql.Identifier("marts", mart))
    if conditions:
        query += sql.SQL(" where ") + sql.SQL(" and ").join(_condition(*each) for each in conditions)
    # Composing costs more than asking, so it is done once.
    return query.as_bytes() + b" order by " + ", ".join(order).encode()


def _condition(name: str, kind: type[object]) -> sql.Composed:
    column = sql.Identifier(name)
    if kind is Span:
        first, last = sql.Placeholder(f"{name}_first"), sql.Placeholder(f"{name}_last")
        return sql.SQL("{} between {} and {}").format(column, first, last)
    return sql.SQL("{} = {}").format(column, sql.Placeholder(name))


@contextmanager
def _cure_named() -> Iterator[None]:
    try:
        yield
    except (InvalidSchemaName, UndefinedTable, UndefinedColumn) as error:
        what = (error.diag.message_primary or "the marts are missing").rstrip(".")
        raise DatabaseError(f"The page's tables cannot be read: {what}.", "Build them with `lifetracer run`.") from None
