"""Builds the marts of a week and of a month by hand: days as `days.py` makes them, summed up, and what came before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import TypeAlias
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts, Span
from tasks.marts.periods import (
    PERIODS,
    WEEK,
    MonthMarts,
    PeriodCategory,
    PeriodSummary,
    WeekMarts,
    monday_of,
)
from tasks.marts.rows import (
    DailySummary,
    Direction,
    MonthlyCategory,
    MonthlySummary,
    ShownCategory,
    SourceState,
    Streak,
    WeeklyCategory,
    WeeklySummary,
)
from tests.reports.days import ACTUAL, CATEGORIES, MONDAY, PLANNED, TOKYO, Stretch, a_day

NOVEMBER = date(2026, 11, 1)
TARGETS: Mapping[str, tuple[int, Direction]] = {
    "Sleep": (27_000, "more"),
    "Deep work": (14_400, "more"),
    "Exercise": (1800, "more"),
    "Leisure": (3600, "less"),
}
WEEKEND_PLANNED = (
    Stretch("0:00", "7:30", "Sleep", "睡眠"),
    Stretch("9:00", "10:00", "Exercise", "ラン 12 km"),
    Stretch("12:00", "13:00", "Meals", "昼食"),
    Stretch("14:00", "17:00", "Family", "Zoo with the children"),
    Stretch("19:00", "20:00", "Meals", "夕食"),
    Stretch("23:00", "24:00", "Sleep", "睡眠"),
)
WEEKEND_ACTUAL = (
    Stretch("0:00", "8:10", "Sleep", "睡眠", before=timedelta(minutes=40)),
    Stretch("8:30", "9:20", "Meals", "朝食"),
    Stretch("9:30", "10:25", "Exercise", "ラン 12 km"),
    Stretch("10:40", "12:05", "Chores", "掃除"),
    Stretch("12:10", "12:55", "Meals", "昼食"),
    Stretch("13:30", "17:20", "Family", "動物園"),
    Stretch("17:20", "18:30", "Chores", "買い物"),
    Stretch("19:00", "20:10", "Meals", "夕食"),
    Stretch("20:20", "22:30", "Leisure", "Film"),
    Stretch("22:30", "23:20", "Reading", "『失敗の科学』"),
    Stretch("23:20", "24:00", "Sleep", "睡眠", after=timedelta(hours=7)),
)

Lived: TypeAlias = Callable[[date, ZoneInfo], DayMarts]


@cache
def an_ordinary_day(day: date, zone: ZoneInfo) -> DayMarts:
    """A working day or a weekend, no two the same and each the same every time."""
    chance = Random(day.toordinal())  # noqa: S311 - an invented life that is the same each time
    weekend = day.isoweekday() > 5
    planned, actual = (WEEKEND_PLANNED, WEEKEND_ACTUAL) if weekend else (PLANNED, ACTUAL)
    holiday = ("Labor Thanksgiving Day", "勤労感謝の日") if day == date(2026, 11, 23) else (None, None)
    return a_day(
        _varied(actual, chance),
        planned,
        day=day,
        zone=zone,
        targets=TARGETS,
        first_ever=True,
        holiday=holiday,
        notes=("東京出張",) if day.day == 25 else (),
        day_type="holiday" if weekend or holiday[0] else "weekday",
        replanned_seconds=chance.choice((0, 0, 1800, 3600)),
    )


def a_week(
    lived: Lived = an_ordinary_day,
    *,
    monday: date = MONDAY,
    zone: ZoneInfo = TOKYO,
    known: int = 7,
    before: int = PERIODS - 1,
    planned_ahead: Sequence[int] = (19, 18, 18, 17, 16, 9, 8),
    categories: Mapping[str, tuple[str, str, str]] = CATEGORIES,
    sources: Sequence[tuple[str, datetime | None, str | None]] | None = None,
    **summary: object,
) -> WeekMarts:
    """The marts of a week whose days were `lived`; `summary` overrides its figures by name.

    The marts know its last `known` days and `before` weeks before it; `planned_ahead` are hours on the days after it.
    """
    span = Span(monday, monday + WEEK - timedelta(days=1))
    starts = [monday - back * WEEK for back in reversed(range(PERIODS))]
    days = [lived(span.last - timedelta(days=back), zone) for back in reversed(range(known))]
    own = replace(WeeklySummary(monday, *_sums(days)), **summary)  # type: ignore[arg-type]
    weeks = starts[PERIODS - 1 - before :]
    history = {
        category: {
            week: WeeklyCategory(week, category, *figures)  # type: ignore[arg-type]
            for week, figures in past.items()
        }
        for category, past in _history(days, weeks, _past_factors(weeks)).items()
    }
    return WeekMarts(
        **_shared(days, span, starts, categories, sources),  # type: ignore[arg-type]
        summary=own,
        past={week: _in_the_past(own, factor) for week, factor in _past_factors(weeks).items()},
        categories=_own(history, monday, categories),
        history=history,
        ledger=[piece for day in days for piece in day.ledger],
        timeline=[stretch for day in days for stretch in day.timeline if stretch.lane == "actual"],
        notes=[note for day in days for note in day.notes],
        next_days=[
            _planned_day(span.last + timedelta(days=ahead), hours) for ahead, hours in enumerate(planned_ahead, start=1)
        ],
    )


def a_month(
    lived: Lived = an_ordinary_day,
    *,
    first: date = NOVEMBER,
    zone: ZoneInfo = TOKYO,
    known: int = 31,
    before: int = PERIODS - 1,
    categories: Mapping[str, tuple[str, str, str]] = CATEGORIES,
    sources: Sequence[tuple[str, datetime | None, str | None]] | None = None,
    **summary: object,
) -> MonthMarts:
    """The marts of a month, as `a_week` makes those of a week."""
    starts = [_month(first, -back) for back in reversed(range(PERIODS))]
    span = Span(first, _month(first, 1) - timedelta(days=1))
    dates = [first + timedelta(days=ahead) for ahead in range((span.last - first).days + 1)][-known or 99 :]
    days = [lived(day, zone) for day in dates]
    own = replace(MonthlySummary(first, *_sums(days)), **summary)  # type: ignore[arg-type]
    months = starts[PERIODS - 1 - before :]
    history = {
        category: {
            month: MonthlyCategory(month, category, *figures)  # type: ignore[arg-type]
            for month, figures in past.items()
        }
        for category, past in _history(days, months, _past_factors(months)).items()
    }
    by_week: dict[date, list[DayMarts]] = {}
    for day in days:
        by_week.setdefault(monday_of(day.day.day), []).append(day)
    return MonthMarts(
        **_shared(days, span, starts, categories, sources),  # type: ignore[arg-type]
        summary=own,
        past={month: _in_the_past(own, factor) for month, factor in _past_factors(months).items()},
        categories=_own(history, first, categories),
        history=history,
        weeks=[
            WeeklySummary(monday, *_sums(some))  # type: ignore[arg-type]
            for monday, some in by_week.items()
        ],
    )


def _shared(
    days: Sequence[DayMarts],
    span: Span,
    starts: Sequence[date],
    categories: Mapping[str, tuple[str, str, str]],
    sources: Sequence[tuple[str, datetime | None, str | None]] | None,
) -> Mapping[str, object]:
    read = days[-1].day.day_end + timedelta(minutes=1) if days else None
    return {
        "span": span,
        "starts": starts,
        "days": [replace(day.day, day_type=day.summary.day_type) for day in days],
        "summaries": [day.summary for day in days],
        "figures": [row for day in days for row in day.categories],
        # No two events of different days are one, which a calendar's ids make sure of.
        "outcomes": [
            replace(outcome, source_id=f"{outcome.day} {outcome.source_id}") for day in days for outcome in day.outcomes
        ],
        "sleeps": [sleep for day in days for sleep in day.sleeps],
        "streaks": list(_streaks(days)),
        "sources": [
            SourceState(*source)
            for source in (sources if sources is not None else [("toggl", read, None), ("gcal", read, None)])
        ],
        "shown": {
            name: ShownCategory(name, *names, sort_order=number, coarse_category=None, is_sleep=name == "Sleep")
            for number, (name, names) in enumerate(categories.items())
        },
    }


def _sums(days: Sequence[DayMarts]) -> tuple[object, ...]:
    """What a summary says after its first column."""
    figures = [row for day in days for row in day.categories]
    nights = [sleep for day in days for sleep in day.sleeps if sleep.kind == "main"]
    planned = sum(row.planned_seconds for row in figures)
    spent = sum(min(row.planned_seconds, row.actual_seconds) for row in figures)
    kept = sum(row.overlap_seconds for row in figures)

    def total(figure: str) -> int:
        return sum(getattr(day.summary, figure) for day in days)

    return (
        days[0].day.day,
        days[-1].day.day,
        len(days),
        total("day_seconds"),
        total("tracked_seconds"),
        total("untracked_seconds"),
        total("planned_seconds"),
        total("replanned_seconds"),
        Decimal(kept) / planned if planned else None,
        Decimal(spent) / planned if planned else None,
        Decimal(kept) / spent if spent else None,
        len(nights),
        sum(sleep.asleep_seconds for sleep in nights),
        any(day.summary.partial for day in days),
    )


def _past_factors(starts: Sequence[date]) -> Mapping[date, float]:
    """How much of this period each of them was; this one is the last."""
    chance = Random(7)  # noqa: S311 - an invented history that is the same each time
    return {start: 1.0 if start == starts[-1] else chance.uniform(0.75, 1.15) for start in starts}


def _in_the_past(own: PeriodSummary, factor: float) -> PeriodSummary:
    if factor == 1:
        return own
    less = min(1, factor)
    tracked = int(own.tracked_seconds * less)
    return replace(
        own,
        adherence=None if own.adherence is None else min(Decimal(1), own.adherence * Decimal(factor)),
        tracked_seconds=tracked,
        untracked_seconds=own.day_seconds - tracked,
        planned_seconds=int(own.planned_seconds * less),
        asleep_seconds=int(own.asleep_seconds * less),
    )


def _history(
    days: Sequence[DayMarts], starts: Sequence[date], factors: Mapping[date, float]
) -> Mapping[str, Mapping[date, tuple[object, ...]]]:
    """Each category's figures after the first two columns, in every period."""
    found: dict[str, dict[date, tuple[object, ...]]] = {}
    for category in dict.fromkeys(row.category for day in days for row in day.categories):
        rows = [row for day in days for row in day.categories if row.category == category]
        chance = Random(category)  # noqa: S311 - an invented history that is the same each time
        actual = {
            start: int(
                sum(row.actual_seconds for row in rows) * (1 if start == starts[-1] else chance.uniform(0.6, 1.3))
            )
            for start in factors
        }
        for number, start in enumerate(starts):
            past = [actual[earlier] for earlier in starts[max(0, number - 4) : number]]
            targets = [row.target_seconds for row in rows if row.target_seconds is not None]
            found.setdefault(category, {})[start] = (
                rows[0].coarse_category,
                len(rows),
                sum(row.raw_seconds for row in rows),
                actual[start],
                sum(row.planned_seconds for row in rows),
                sum(row.overlap_seconds for row in rows),
                sum(targets) if targets else None,
                sum(row.achieved is True for row in rows),
                sum(row.achieved is not None for row in rows),
                int(sum(past) / len(past) + 0.5) if len(past) >= 2 else None,
            )
    return found


def _own(
    history: Mapping[str, Mapping[date, PeriodCategory]],
    start: date,
    categories: Mapping[str, tuple[str, str, str]],
) -> Sequence[PeriodCategory]:
    places = {name: place for place, name in enumerate(categories)}
    return sorted((past[start] for past in history.values()), key=lambda row: places.get(row.category, len(places)))


def _streaks(days: Sequence[DayMarts]) -> Iterable[Streak]:
    standing: dict[str, tuple[int, int]] = {}
    for day in days:
        for row in day.categories:
            if row.achieved is not None:
                now, best = standing.get(row.category, (2, 9))
                now = now + 1 if row.achieved else 0
                standing[row.category] = (now, max(now, best))
                yield Streak(row.day, row.category, row.achieved, *standing[row.category])


def _planned_day(day: date, hours: int) -> DailySummary:
    return DailySummary(day, "weekday", 86_400, 0, 0, hours * 3600, 0, "current", None, partial=True)


def _varied(stretches: Iterable[Stretch], chance: Random) -> list[Stretch]:
    """The same day lived a little otherwise: other minutes, now and then something left out or done instead."""
    shifts: dict[str, str] = {}
    varied = []
    for stretch in stretches:
        start, end = (shifts.setdefault(clock, _shifted(clock, chance)) for clock in (stretch.start, stretch.end))
        what = chance.random()
        if what < 0.06 and stretch.category != "Sleep":
            continue
        if what > 0.94 and stretch.category == "Deep work":
            stretch = replace(stretch, category="Email", title="Incident", entry=None)  # noqa: PLW2901
        before = stretch.before and timedelta(minutes=chance.randrange(5, 80))
        varied.append(replace(stretch, start=start, end=end, before=before))
    return varied


def _shifted(clock: str, chance: Random) -> str:
    hour, minute = map(int, clock.split(":"))
    if (hour, minute) in {(0, 0), (24, 0)}:
        return clock
    moved = hour * 60 + minute + chance.randrange(-3, 4)
    return f"{moved // 60}:{moved % 60:02}"


def _month(first: date, ahead: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + ahead, 12)
    return date(year, month + 1, 1)
