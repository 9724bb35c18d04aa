"""The last four weeks as a heat strip: plan and categories, a cell a day, and the streaks that they end in."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil

from tasks.marts import HISTORY_DAYS, DayMarts
from tasks.marts.rows import CategoryHistory
from tasks.report.lettering import INK, Language
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.page import Cell, Heat, HeatMark, Strip

STRIPS = 8
LEVELS = 4


def heat(marts: DayMarts, naming: Naming) -> Heat:
    """The 28 days up to the day: how far the plan was kept, and the categories with a target or the most time."""
    words = naming.words
    days = last_days(marts.day.day)
    known = {summary.day for summary in marts.summaries}
    kept = {trend.day: trend.adherence for trend in marts.trend}
    adherence = [None if kept.get(day) is None else float(kept[day] or 0) for day in days]
    plan = Strip(
        label=words.phrases["adherence"],
        color=INK,
        cells=tuple(
            Cell(level=None if share is None else min(LEVELS, int(share * (LEVELS + 1))), achieved=None)
            for share in adherence
        ),
        streak="",
    )
    strips = tuple(_strip(name, marts, naming, days, known) for name in _chosen(marts))
    return Heat(
        marks=tuple(
            HeatMark(at=at, label=words.short_date(day)) for at, day in enumerate(days) if day.isoweekday() == 1
        ),
        strips=(plan, *strips),
        alt=_alt(adherence, strips, words),
    )


def last_days(day: date) -> list[date]:
    """The 28 days up to `day`, oldest first."""
    return [day - timedelta(days=back) for back in reversed(range(HISTORY_DAYS))]


def _chosen(marts: DayMarts) -> list[str]:
    """The categories that have room, in the user's order: those with a target first, then those with the most time."""
    spent: dict[str, int] = {}
    judged: set[str] = set()
    for row in marts.history:
        spent[row.category] = spent.get(row.category, 0) + row.actual_seconds
        if row.achieved is not None:
            judged.add(row.category)
    spent.pop(UNTRACKED, None)
    ranked = sorted(spent, key=lambda name: (name not in judged, -spent[name], name))[:STRIPS]
    places = {name: place for place, name in enumerate(marts.shown)}
    return sorted(ranked, key=lambda name: (places.get(name, len(places)), name))


def _strip(category: str, marts: DayMarts, naming: Naming, days: Sequence[date], known: set[date]) -> Strip:
    by_day: Mapping[date, CategoryHistory] = {row.past_day: row for row in marts.history if row.category == category}
    most = max((row.actual_seconds for row in by_day.values()), default=0)
    streak = [streak for streak in marts.streaks if streak.category == category][-1:]
    return Strip(
        label=naming.label(category),
        color=naming.color(category),
        cells=tuple(_cell(by_day.get(day), most) if day in known else Cell(level=None, achieved=None) for day in days),
        streak="".join(
            naming.words.say("streak", now=each.streak_days, best=each.best_days) for each in streak if each.best_days
        ),
    )


def _cell(row: CategoryHistory | None, most: int) -> Cell:
    if row is None:
        return Cell(level=0, achieved=None)
    return Cell(level=ceil(LEVELS * row.actual_seconds / most) if most else 0, achieved=row.achieved)


def _alt(adherence: Sequence[float | None], strips: Sequence[Strip], words: Language) -> str:
    comma = words.phrases["list_comma"]
    shares = comma.join("–" if share is None else words.percent(share) for share in adherence)
    streaks = comma.join(f"{strip.label} {strip.streak}" for strip in strips if strip.streak)
    return words.say("alt_heat", shares=shares, streaks=streaks or words.phrases["nothing"])
