"""What the marts say about one local day, read in one snapshot."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import psycopg
from psycopg.errors import InvalidSchemaName, UndefinedColumn, UndefinedTable
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row

from tasks.errors import DatabaseError

_DAY = """
    select
        summary.day, summary.day_type, summary.day_seconds, summary.tracked_seconds, summary.untracked_seconds,
        summary.planned_seconds, summary.replanned_seconds, summary.plan_basis, summary.adherence, summary.partial,
        days.day_start, days.day_end, days.holiday_name_en, days.holiday_name_ja
    from marts.daily_summary as summary
    inner join marts.days on days.day = summary.day
    where summary.day = %(day)s
"""
_CATEGORIES = """
    select
        daily.category, daily.coarse_category, daily.raw_seconds, daily.actual_seconds, daily.planned_seconds,
        daily.overlap_seconds, daily.target_seconds, daily.target_direction, daily.estimate_seconds, daily.achieved,
        categories.name_en, categories.name_ja, categories.color
    from marts.daily_category as daily
    left join marts.categories on categories.category = daily.category
    where daily.day = %(day)s
    order by categories.sort_order nulls last, daily.category
"""
_TIMELINE = """
    select
        timeline.lane, timeline.start_at, timeline.end_at, timeline.category, timeline.title, timeline.project,
        timeline.source_id, categories.name_en, categories.name_ja, categories.color
    from marts.daily_timeline as timeline
    left join marts.categories on categories.category = timeline.category
    where timeline.day = %(day)s and timeline.start_at < timeline.end_at
    order by timeline.start_at, timeline.end_at desc, timeline.source_id
"""
_NOTES = """
    select title, calendar, category, source_id
    from marts.day_notes
    where day = %(day)s
    order by title, source_id
"""
_SOURCES = "select source, as_of, error from marts.sources order by source desc"


@dataclass(frozen=True)
class DaySummary:
    """The figures of one local day; every length is in seconds, `day_start` and `day_end` are aware."""

    day: date
    day_type: str
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    plan_basis: str | None
    adherence: Decimal | None
    partial: bool
    day_start: datetime
    day_end: datetime
    holiday_name_en: str | None
    holiday_name_ja: str | None


@dataclass(frozen=True)
class DayMarts:
    """All that the page of one day is made of.

    `categories` and `timeline` carry the category's names and colour beside the mart's own columns; null stays None.
    """

    summary: DaySummary
    categories: pd.DataFrame
    timeline: pd.DataFrame
    notes: pd.DataFrame
    sources: pd.DataFrame


def read_day(connection: psycopg.Connection, day: date) -> DayMarts | None:
    """Read the marts of `day`, or None when they do not know it; DatabaseError when there are no marts.

    On a connection without an open transaction everything comes from one snapshot, also while dbt builds.
    """
    fresh = connection.info.transaction_status is TransactionStatus.IDLE
    try:
        with connection.transaction():
            if fresh:
                connection.execute("set transaction isolation level repeatable read, read only")
            with connection.cursor(row_factory=class_row(DaySummary)) as cursor:
                summary = cursor.execute(_DAY, {"day": day}).fetchone()
            if summary is None:
                return None
            frames = [_frame(connection, query, day) for query in (_CATEGORIES, _TIMELINE, _NOTES, _SOURCES)]
    except (InvalidSchemaName, UndefinedTable, UndefinedColumn) as error:
        raise _no_marts(error) from None
    return DayMarts(summary, *frames)


def known_days(connection: psycopg.Connection) -> tuple[date, date] | None:
    """The first and the last day that the marts hold, or None when they hold none; DatabaseError without marts."""
    try:
        with connection.transaction():
            row = connection.execute("select min(day), max(day) from marts.daily_summary").fetchone()
    except (InvalidSchemaName, UndefinedTable) as error:
        raise _no_marts(error) from None
    return None if row is None or row[0] is None else (row[0], row[1])


def _frame(connection: psycopg.Connection, query: str, day: date) -> pd.DataFrame:
    """Read a query as objects, so that an unknown number is None and not a float's NaN."""
    cursor = connection.execute(query.encode(), {"day": day})
    names = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names), dtype=object)


def _no_marts(error: psycopg.Error) -> DatabaseError:
    what = (error.diag.message_primary or "the marts are missing").rstrip(".")
    return DatabaseError(f"The page's tables cannot be read: {what}.", "Build them with `lifetracer run`.")
