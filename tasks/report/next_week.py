"""How much is planned on each day of the week to come."""

from datetime import timedelta

from tasks.marts.periods import WEEK, WeekMarts
from tasks.report.naming import Naming
from tasks.report.periods import NextWeek, PlannedDay


def next_week(marts: WeekMarts, naming: Naming) -> NextWeek:
    """The seven days after the week, those that nobody knows yet as empty ones."""
    words = naming.words
    monday = marts.span.first + WEEK
    planned = {summary.day: summary.planned_seconds for summary in marts.next_days}
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    total = sum(planned.values())
    return NextWeek(
        title=words.say("next_week", week=words.say("week_number", week=monday.isocalendar().week)),
        remark=words.say("planned_total", length=words.length(total)) if total else words.page["nothing_planned"],
        scale_seconds=max([1, *planned.values()]),
        days=tuple(
            PlannedDay(
                label=words.weekday_and_day(day),
                planned_seconds=planned.get(day, 0),
                length=words.length(planned[day]) if planned.get(day) else "–",
            )
            for day in days
        ),
    )
