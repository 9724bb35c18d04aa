"""What was meant to be done on a day: the calendar as it was known before the day's cutoff, else as it is known now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from tests.dbt.oracle.categories import present_listing
from tests.dbt.oracle.clock import Day, seconds
from tests.dbt.oracle.life import Event, Life, Listing

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Planned:
    """The part of a planned event that lies within a day."""

    event: Event
    start: datetime
    end: datetime


def basis(day: Day, life: Life) -> str:
    """`frozen` where, at the cutoff, some calendar had been read over all of the day; else `current`."""
    cutoff = cutoff_of(day.date, life)
    known: dict[str, list[Span]] = {}
    for stretch in life.coverage:
        if stretch.known_at <= cutoff:
            known.setdefault(stretch.calendar_id, []).append((stretch.start, stretch.stop))
    return "frozen" if any(union(day, spans) == day.seconds for spans in known.values()) else "current"


def frozen(day: Day, life: Life) -> Sequence[Planned]:
    """The plan as it was known at the day's cutoff."""
    cutoff = cutoff_of(day.date, life)
    known = [
        version.event
        for version in life.versions
        if version.is_known_at(cutoff)
        and not version.is_tombstone
        and _is_listed(_newest_listing(version.event.calendar_id, cutoff, life))
    ]
    return _cut(known, day)


def current(day: Day, life: Life) -> Sequence[Planned]:
    """The plan as the calendar is now."""
    present = [
        version.event
        for version in life.versions
        if version.superseded_at is None
        and not version.is_tombstone
        and _is_listed(present_listing(version.event.calendar_id, life))
    ]
    return _cut(present, day)


def cutoff_of(day: date, life: Life) -> datetime:
    """When the plan of a day is taken down."""
    return datetime.combine(day, life.plan_cutoff, life.zone)


def counts(event: Event) -> bool:
    """Whether a version of an event is a plan of the user's."""
    return (
        event.is_timed
        and event.start_at < event.stop_at
        and not (event.is_cancelled or event.is_declined or event.is_transparent)
        and event.event_type not in {"workingLocation", "birthday"}
    )


def by_category(plans: Iterable[Planned], category_of: Callable[[Event], str]) -> Mapping[str, Sequence[Span]]:
    """The spans of each category, overlapping ones as they are."""
    spans: dict[str, list[Span]] = {}
    for planned in plans:
        spans.setdefault(category_of(planned.event), []).append((planned.start, planned.end))
    return spans


def difference(one: Mapping[str, Sequence[Span]], other: Mapping[str, Sequence[Span]], day: Day) -> int:
    """How many seconds lie in just one of two plans, category by category."""
    return sum(_difference(one.get(category, ()), other.get(category, ()), day) for category in {*one, *other})


def union(day: Day, spans: Sequence[Span]) -> int:
    """For how many seconds of a day there is a span."""
    return length(lambda at: within(at, spans), day, spans)


def length(condition: Callable[[datetime], bool], day: Day, spans: Iterable[Span]) -> int:
    """For how many seconds of a day a condition holds that can change only where one of the spans begins or ends."""
    instants = {at for span in spans for at in span if day.start < at < day.end}
    return sum(
        seconds(start, end) for start, end in pairwise(sorted({day.start, day.end, *instants})) if condition(start)
    )


def within(instant: datetime, spans: Iterable[Span]) -> bool:
    """Whether one of the spans holds the instant."""
    return any(start <= instant < end for start, end in spans)


def _difference(mine: Sequence[Span], yours: Sequence[Span], day: Day) -> int:
    return length(lambda at: within(at, mine) != within(at, yours), day, [*mine, *yours])


def _cut(events: Iterable[Event], day: Day) -> Sequence[Planned]:
    return [
        Planned(event, max(event.start_at, day.start), min(event.stop_at, day.end))
        for event in events
        if counts(event) and day.holds(event.start_at, event.stop_at)
    ]


def _newest_listing(calendar_id: str, cutoff: datetime, life: Life) -> Listing | None:
    rows = [row for row in life.listings if row.calendar_id == calendar_id and row.seen_at <= cutoff]
    return max(rows, key=lambda row: row.seen_at, default=None)


def _is_listed(listing: Listing | None) -> bool:
    """A calendar that the list has never told of can be read all the same, and counts."""
    return listing is None or not (listing.is_tombstone or listing.is_deleted)
