"""The month as a calendar: each day with how far its plan was kept and where its time went, each week with its sums."""

from collections.abc import Mapping
from datetime import date, timedelta

from tasks.marts.periods import WEEK, MonthMarts, monday_of
from tasks.marts.rows import DailySummary, Day, WeeklySummary
from tasks.report.lettering import Language, printable
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.periods import Calendar, CalendarDay, CalendarWeek, Slice
from tasks.report.score import has_begun, share_of
from tasks.report.standouts import Standing


def calendar(marts: MonthMarts, standing: Mapping[date, Standing], naming: Naming) -> Calendar:
    """All weeks that the month touches, a day of it known or not; days of other months are left out."""
    words = naming.words
    first = monday_of(marts.span.first)
    mondays = [first + number * WEEK for number in range((marts.span.last - first) // WEEK + 1)]
    known, weeks = _days(marts, standing, naming), {week.week: week for week in marts.weeks}
    return Calendar(
        weekdays=tuple(words.weekday(first + timedelta(days=ahead)) for ahead in range(7)),
        weeks=tuple(_week(monday, marts, known, weeks.get(monday), words) for monday in mondays),
        alt=_alt(known, words),
    )


def _days(marts: MonthMarts, standing: Mapping[date, Standing], naming: Naming) -> Mapping[date, CalendarDay]:
    summaries = {summary.day: summary for summary in marts.summaries}
    return {
        day.day: _day(day, summaries[day.day], _slices(day.day, marts, naming), standing.get(day.day), naming.words)
        for day in marts.days
        if day.day in summaries
    }


def _day(
    day: Day, summary: DailySummary, slices: tuple[Slice, ...], standing: Standing | None, words: Language
) -> CalendarDay:
    adherence = share_of(summary.adherence) if has_begun(day, summary) else None
    return CalendarDay(
        number=str(day.day.day),
        note=printable((day.holiday_name_ja if words.code == "ja" else day.holiday_name_en) or ""),
        day_off=day.day_type == "holiday",
        adherence="" if adherence is None else words.percent(adherence),
        share=adherence,
        day_seconds=day.day_seconds,
        slices=slices,
        standing=standing,
    )


def _slices(day: date, marts: MonthMarts, naming: Naming) -> tuple[Slice, ...]:
    return tuple(
        Slice(seconds=row.actual_seconds, color=naming.color(row.category))
        for row in marts.figures
        if row.day == day and row.category != UNTRACKED and row.actual_seconds > 0
    )


def _week(
    monday: date,
    marts: MonthMarts,
    known: Mapping[date, CalendarDay],
    summary: WeeklySummary | None,
    words: Language,
) -> CalendarWeek:
    dates = (monday + timedelta(days=ahead) for ahead in range(7))
    within = (day if marts.span.first <= day <= marts.span.last else None for day in dates)
    adherence = None if summary is None else summary.adherence
    return CalendarWeek(
        label=words.say("week_number", week=monday.isocalendar().week),
        days=tuple(None if day is None else known.get(day, _unknown(day)) for day in within),
        adherence="–" if adherence is None else words.percent(float(adherence)),
        tracked="–" if summary is None else words.length(summary.tracked_seconds),
    )


def _unknown(day: date) -> CalendarDay:
    return CalendarDay(
        number=str(day.day),
        note="",
        day_off=False,
        adherence="",
        share=None,
        day_seconds=int(timedelta(days=1).total_seconds()),
        slices=(),
        standing=None,
    )


def _alt(known: Mapping[date, CalendarDay], words: Language) -> str:
    days = (
        words.say("alt_calendar_day", day=words.weekday_and_day(day), adherence=each.adherence or "–")
        for day, each in known.items()
    )
    return words.say("alt_calendar", days="; ".join(days) or words.phrases["nothing"])
