"""What is planned next, and what the last weeks say about it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.marts.rows import Advice
from tasks.report.naming import Naming
from tasks.report.page import NextDay, NextEvent

EVENTS = 9


def next_day(marts: DayMarts, naming: Naming, zone: ZoneInfo) -> NextDay | None:
    """The plan of the day after, as far as there is room for it; None when the marts do not know that day."""
    if marts.next_day is None:
        return None
    words = naming.words
    day, events = marts.next_day, marts.next_events
    room = EVENTS if len(events) <= EVENTS else EVENTS - 1
    planned = marts.next_summary.planned_seconds if marts.next_summary else 0
    rest = len(events) - room
    return NextDay(
        title=words.say("next_day", day=words.short_title(day.day)),
        remark=words.say("next_planned", count=len(events), length=words.length(planned)) if events else "",
        events=tuple(
            NextEvent(
                clock=words.clock(max(event.start_at, day.day_start).astimezone(zone)),
                title=naming.title(event.title, event.category, private=event.is_private),
                color=naming.color(event.category),
            )
            for event in events[:room]
        ),
        more=words.say("and_more", count=rest) if rest > 0 else None,
    )


def advice(given: Iterable[Advice], naming: Naming) -> tuple[str, ...]:
    """What to do about the next day's plan, the most at stake first."""
    return tuple(_in_words(each, naming) for each in given)


def _in_words(advice: Advice, naming: Naming) -> str:
    words = naming.words
    return words.say(
        "advice_rarely_kept" if advice.kind == "rarely_kept" else "advice_length",
        category=naming.label(advice.category),
        usual=words.length(advice.usual_seconds),
        planned=words.length(advice.next_planned_seconds),
        ratio=f"{advice.ratio:.1f}",
        days=advice.planned_days,
        kept=advice.kept_days,
    )
