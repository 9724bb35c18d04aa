"""How much is planned on each day of the week to come, as columns."""

from datetime import timedelta

from tasks.marts.periods import WEEK, WeekMarts
from tasks.report.naming import Naming
from tasks.report.periods import Column, Columns


def next_week(marts: WeekMarts, naming: Naming) -> Columns:
    """The seven days after the week, those that nobody knows yet as empty ones."""
    words = naming.words
    monday = marts.span.first + WEEK
    planned = {summary.day: summary.planned_seconds for summary in marts.next_days}
    most, total = max([1, *planned.values()]), sum(planned.values())
    columns = tuple(
        Column(
            label=words.weekday_and_day(day),
            value=words.length(planned[day]) if planned.get(day) else "–",
            share=planned.get(day, 0) / most,
            newest=False,
        )
        for day in (monday + timedelta(days=ahead) for ahead in range(7))
    )
    said = (words.say("alt_column", label=each.label, value=each.value) for each in columns)
    return Columns(
        title=words.say("next_week", week=words.say("week_number", week=monday.isocalendar().week)),
        remark=words.say("planned_total", length=words.length(total)) if total else words.page["nothing_planned"],
        columns=columns,
        alt=words.say("alt_next_week", columns=words.phrases["list_comma"].join(said)),
    )
