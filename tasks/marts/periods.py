"""What the marts say of a week or a month, with all that its page needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import psycopg

from tasks.marts import Span, ask, in_the_users_order, reading
from tasks.marts.rows import (
    DailyCategory,
    DailySummary,
    Day,
    DayNote,
    LedgerPiece,
    MonthlyCategory,
    MonthlySummary,
    PlanOutcome,
    ShownCategory,
    Sleep,
    SourceState,
    Streak,
    TimelineStretch,
    WeeklyCategory,
    WeeklySummary,
)

PERIODS = 12
WEEK = timedelta(days=7)

PeriodSummary: TypeAlias = WeeklySummary | MonthlySummary
PeriodCategory: TypeAlias = WeeklyCategory | MonthlyCategory


@dataclass(frozen=True)
class PeriodMarts:
    """What the pages of a week and of a month are both made of.

    `span` are its days by the calendar, `days` those that the marts know. `starts` are the first days of the twelve
    periods up to this one, by which `past` and each category's `history` are known; what is missing there is not known.
    """

    span: Span
    starts: Sequence[date]
    summary: PeriodSummary
    past: Mapping[date, PeriodSummary]
    categories: Sequence[PeriodCategory]
    history: Mapping[str, Mapping[date, PeriodCategory]]
    days: Sequence[Day]
    summaries: Sequence[DailySummary]
    figures: Sequence[DailyCategory]
    outcomes: Sequence[PlanOutcome]
    sleeps: Sequence[Sleep]
    streaks: Sequence[Streak]
    sources: Sequence[SourceState]
    shown: Mapping[str, ShownCategory]


@dataclass(frozen=True)
class WeekMarts(PeriodMarts):
    """All that the page of a week is made of; `next_days` are those of the week after, as far as they are known."""

    ledger: Sequence[LedgerPiece]
    timeline: Sequence[TimelineStretch]
    notes: Sequence[DayNote]
    next_days: Sequence[DailySummary]


@dataclass(frozen=True)
class MonthMarts(PeriodMarts):
    """All that the page of a month is made of; `weeks` are those that it touches, each as a whole."""

    weeks: Sequence[WeeklySummary]


def read_week(connection: psycopg.Connection, monday: date) -> WeekMarts | None:
    """Read the marts of the week from `monday` on, or None when they do not know it; DatabaseError without marts.

    On a connection without an open transaction everything comes from one snapshot, also while dbt builds.
    """
    starts = [monday - back * WEEK for back in reversed(range(PERIODS))]
    span, lately = Span(monday, monday + WEEK - timedelta(days=1)), Span(starts[0], monday)
    with reading(connection):
        days = ask(connection, Day, day=span)
        summaries = ask(connection, DailySummary, day=Span(monday, span.last + WEEK))
        figures = ask(connection, DailyCategory, day=span)
        past = ask(connection, WeeklySummary, week=lately)
        history = ask(connection, WeeklyCategory, week=lately)
        outcomes = ask(connection, PlanOutcome, day=span)
        sleeps = ask(connection, Sleep, day=span)
        streaks = ask(connection, Streak, day=span)
        ledger = ask(connection, LedgerPiece, day=span)
        timeline = ask(connection, TimelineStretch, day=span, lane="actual")
        notes = ask(connection, DayNote, day=span)
        sources = ask(connection, SourceState)
        in_order = ask(connection, ShownCategory)
    weeks = {row.week: row for row in past.fetchall()}
    if monday not in weeks:
        return None
    shown = {category.category: category for category in in_order.fetchall()}
    categories, known = history.fetchall(), summaries.fetchall()
    return WeekMarts(
        span=span,
        starts=starts,
        summary=weeks[monday],
        past=weeks,
        categories=in_the_users_order((row for row in categories if row.week == monday), shown),
        history=_by_category((row.category, row.week, row) for row in categories),
        days=days.fetchall(),
        summaries=[row for row in known if row.day <= span.last],
        figures=in_the_users_order(figures.fetchall(), shown),
        outcomes=outcomes.fetchall(),
        sleeps=sleeps.fetchall(),
        streaks=streaks.fetchall(),
        sources=sources.fetchall(),
        shown=shown,
        ledger=ledger.fetchall(),
        timeline=timeline.fetchall(),
        notes=notes.fetchall(),
        next_days=[row for row in known if row.day > span.last],
    )


def read_month(connection: psycopg.Connection, first: date) -> MonthMarts | None:
    """Read the marts of the month from its `first` day on, or None when they do not know it; as `read_week` does."""
    starts = [_months_before(first, back) for back in reversed(range(PERIODS))]
    span, lately = Span(first, _months_before(first, -1) - timedelta(days=1)), Span(starts[0], first)
    with reading(connection):
        days = ask(connection, Day, day=span)
        summaries = ask(connection, DailySummary, day=span)
        figures = ask(connection, DailyCategory, day=span)
        past = ask(connection, MonthlySummary, month=lately)
        history = ask(connection, MonthlyCategory, month=lately)
        outcomes = ask(connection, PlanOutcome, day=span)
        sleeps = ask(connection, Sleep, day=span)
        streaks = ask(connection, Streak, day=span)
        weeks = ask(connection, WeeklySummary, week=Span(monday_of(first), span.last))
        sources = ask(connection, SourceState)
        in_order = ask(connection, ShownCategory)
    months = {row.month: row for row in past.fetchall()}
    if first not in months:
        return None
    shown = {category.category: category for category in in_order.fetchall()}
    categories = history.fetchall()
    return MonthMarts(
        span=span,
        starts=starts,
        summary=months[first],
        past=months,
        categories=in_the_users_order((row for row in categories if row.month == first), shown),
        history=_by_category((row.category, row.month, row) for row in categories),
        days=days.fetchall(),
        summaries=summaries.fetchall(),
        figures=in_the_users_order(figures.fetchall(), shown),
        outcomes=outcomes.fetchall(),
        sleeps=sleeps.fetchall(),
        streaks=streaks.fetchall(),
        sources=sources.fetchall(),
        shown=shown,
        weeks=weeks.fetchall(),
    )


def monday_of(day: date) -> date:
    """The first day of the week that `day` lies in."""
    return day - timedelta(days=day.weekday())


def _months_before(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _by_category(
    rows: Iterable[tuple[str, date, PeriodCategory]],
) -> Mapping[str, Mapping[date, PeriodCategory]]:
    found: dict[str, dict[date, PeriodCategory]] = {}
    for category, start, row in rows:
        found.setdefault(category, {})[start] = row
    return found
