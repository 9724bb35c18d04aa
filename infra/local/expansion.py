"""Turns a series into its occurrences, moved and cancelled ones as what has become of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from infra.local.agenda_records import Event, Series, instance_id

# Source: the ceiling that clients of the real service met, e.g. compass-calendar's issue 797.
MOST_OCCURRENCES = 730


def expand(series: Series, exceptions: Mapping[tuple[str, str], Event], until: date | None = None) -> list[Event]:
    """The occurrences; those of a series without an end up to the day `until`, or else only the first."""
    return [_occurrence(series.master, day, exceptions) for day in _days(series, until)]


def last_look(occurrence_id: str) -> date | None:
    """How far a series must be expanded to find an occurrence; None when the id is no occurrence's."""
    try:
        return date.fromisoformat(occurrence_id.rpartition("_")[2][:8])
    except ValueError:
        return None


def _days(series: Series, until: date | None) -> Iterator[date]:
    start = series.master.start
    days = series.rule.days(start.date() if isinstance(start, datetime) else start)
    if series.rule.last is not None:
        return days
    if until is None:
        return islice(days, MOST_OCCURRENCES)
    # A day more, for zones that are ahead.
    last = until.toordinal() + 1
    return takewhile(lambda day: day.toordinal() <= last, days)


def _occurrence(master: Event, day: date, exceptions: Mapping[tuple[str, str], Event]) -> Event:
    start: datetime | date = day
    if isinstance(master.start, datetime):
        # Wall-clock arithmetic: a series keeps its local hour when clocks change.
        start = datetime.combine(day, master.start.timetz())
    occurrence_id = instance_id(master.id, start)
    exception = exceptions.get((master.calendar_id, occurrence_id))
    if exception is not None and (master.status != "cancelled" or exception.updated >= master.updated):
        return exception
    end = start + _length(master)
    return replace(master, id=occurrence_id, start=start, end=end, series_id=master.id, original_start=start)


def _length(event: Event) -> timedelta:
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        return event.end - event.start
    return timedelta(days=event.end.toordinal() - event.start.toordinal())
