"""Weeks and months of every kind: each has to become a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.marts.periods import MonthMarts, WeekMarts
from tests.reports.days import CATEGORIES, Stretch, a_day
from tests.reports.periods import a_month, a_week, an_ordinary_day

NEW_YORK = ZoneInfo("America/New_York")
ODD_TITLES = (
    *("x" * 3000, "長" * 3000, '#eval("1+1") *b* $x$ <l> @r // c', "\\u{41} #read(1) ]] }}", "مرحبا بالعالم", "회의"),
    *("🏃‍♀️ Run 🍜", "\u202eevil", "Z\u0300\u0301\u0302\u0303", ""),
)
ODD_NAMES = {title: (title, title, "no colour") for title in ODD_TITLES} | {"Untracked": CATEGORIES["Untracked"]}
FORTY = {f"Category {number}": (f"Long name {number} " * 5, f"長い名前{number}" * 5, "") for number in range(40)}


def every_day(
    actual: Sequence[Stretch] = (), planned: Sequence[Stretch] = (), **rest: object
) -> Callable[[date, ZoneInfo], DayMarts]:
    """Every day the same."""
    return cache(
        lambda day, zone: a_day(actual, planned, day=day, zone=zone, first_ever=True, **rest)  # type: ignore[arg-type]
    )


def only_tracked(day: date, zone: ZoneInfo) -> DayMarts:
    lived = an_ordinary_day(day, zone)
    return replace(
        lived,
        ledger=[],
        outcomes=[],
        summary=replace(lived.summary, planned_seconds=0, adherence=None),
        categories=[replace(row, planned_seconds=0, overlap_seconds=0) for row in lived.categories],
    )


def until_wednesday(day: date, zone: ZoneInfo) -> DayMarts:
    """A week that is lived up to its third day, with what is planned on the others."""
    lived = an_ordinary_day(day, zone)
    if day.isoweekday() <= 3:
        return lived
    plan = [
        replace(each, kept_seconds=0, late_seconds=0, early_seconds=0, interrupted_seconds=0, not_done_seconds=0)
        for each in lived.outcomes
    ]
    return replace(
        lived,
        day=replace(lived.day, is_ended=False),
        summary=replace(lived.summary, tracked_seconds=0, untracked_seconds=0, partial=True),
        categories=[
            replace(row, raw_seconds=0, actual_seconds=0, overlap_seconds=0)
            for row in lived.categories
            if row.planned_seconds
        ],
        timeline=[],
        ledger=[replace(piece, outcome="pending", actual_category=None) for piece in lived.ledger],
        outcomes=[
            replace(each, pending_seconds=each.planned_seconds, displaced_by=None, displaced_seconds=0) for each in plan
        ],
        sleeps=[],
    )


def _half_hours(names: Sequence[str]) -> list[Stretch]:
    return [
        Stretch(f"{number // 2}:{number % 2 * 30:02}", f"{number // 2}:{number % 2 * 30 + 29}", name, name)
        for number, name in enumerate(names)
    ]


EMPTY, CROWDED = every_day(), every_day(_half_hours(list(FORTY)), _half_hours(list(FORTY)), categories=FORTY)
ODD = every_day(
    _half_hours(ODD_TITLES),
    [Stretch(f"{hour}:00", "12:00", title, title) for hour, title in enumerate(ODD_TITLES)],
    categories=ODD_NAMES,
    notes=ODD_TITLES,
    holiday=("🎌 " + "holiday " * 100, "祝" * 300),
)
BUSY = every_day(
    [Stretch(f"{at // 6}:{at % 6}0", f"{at // 6}:{at % 6}9", "Email", "short") for at in range(144)],
    [Stretch("9:00", "10:00", "Meetings", f"m{number}") for number in range(10)],
)
LONG_AGO = datetime(2026, 11, 22, tzinfo=UTC)
ODD_WEEKS: Mapping[str, Callable[[], WeekMarts]] = {
    "believable": a_week,
    "empty": lambda: a_week(EMPTY),
    "nothing planned": lambda: a_week(only_tracked, planned_ahead=()),
    "nothing tracked": lambda: a_week(every_day((), [Stretch("9:00", "10:00", "Email", "Mail")])),
    "the first one ever, from Thursday on": lambda: a_week(known=4, before=0),
    "the second one ever": lambda: a_week(before=1),
    "one entry of 24 hours every day": lambda: a_week(every_day([Stretch("0:00", "24:00", "Sleep", "long")])),
    "144 entries and ten plans at once every day": lambda: a_week(BUSY),
    "40 categories": lambda: a_week(CROWDED, categories=FORTY),
    "odd titles": lambda: a_week(ODD, categories=ODD_NAMES),
    "half read": lambda: a_week(partial=True, sources=[("toggl", None, None), ("gcal", LONG_AGO, "boom " * 99)]),
    "not over": lambda: a_week(until_wednesday),
    "clocks set forward": lambda: a_week(monday=date(2026, 3, 2), zone=NEW_YORK),
    "clocks set back": lambda: a_week(monday=date(2026, 10, 26), zone=NEW_YORK),
    "over the end of a year": lambda: a_week(monday=date(2024, 12, 30)),
}
ODD_MONTHS: Mapping[str, Callable[[], MonthMarts]] = {
    "believable": a_month,
    "empty": lambda: a_month(EMPTY),
    "nothing planned": lambda: a_month(only_tracked),
    "the first one ever, from the 28th on": lambda: a_month(known=3, before=0),
    "40 categories": lambda: a_month(CROWDED, known=10, categories=FORTY),
    "odd titles": lambda: a_month(ODD, known=10, categories=ODD_NAMES),
    "four weeks": lambda: a_month(EMPTY, first=date(2027, 2, 1)),
    "half read": lambda: a_month(partial=True, sources=[("toggl", None, None), ("gcal", LONG_AGO, "boom " * 99)]),
    "clocks set back": lambda: a_month(EMPTY, zone=NEW_YORK),
}
