"""What the copy holds of the calendars' events.

A row is of the calendar that its source id names, `<calendar id>:<event id>`: a calendar's id may hold a colon, an
event's cannot. Nothing else is taken for granted, since rows of older writers may lack `_calendar_id`, times and more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import LiteralString

import psycopg

from tasks.google_calendar.auth import SOURCE
from tasks.google_calendar.places import place_of, series_of
from tasks.raw import JsonObject, Span

TABLE = "google_calendar__events"

_OF_CALENDAR: LiteralString = (
    "starts_with(source_id, %(calendar_id)s || ':') and strpos(substr(source_id, length(%(calendar_id)s) + 2), ':') = 0"
)
_EVENTS: LiteralString = f"""
select
    substr(source_id, length(%(calendar_id)s) + 2) as event_id,
    deleted_at is null,
    jsonb_build_object(
        'id', substr(source_id, length(%(calendar_id)s) + 2),
        'start', data -> 'start',
        'end', data -> 'end',
        'recurringEventId', data -> 'recurringEventId',
        'iCalUID', data -> 'iCalUID'
    )
from raw.google_calendar__events
where {_OF_CALENDAR}
"""  # noqa: S608  # put together of constants
# Our own load writes rows and cursor in one transaction; the database stamps whatever another writer changes.
_SINCE_OWN_LOAD: LiteralString = """
and seen_at > (select synced_at from raw.sync_state where source = %(source)s and stream = %(stream)s)
"""
_LIVE_CALENDARS: LiteralString = """
select substring(source_id from '^(.*):') as calendar_id
from raw.google_calendar__events
where deleted_at is null and source_id like '%:%'
group by calendar_id
"""


@dataclass(frozen=True)
class StoredEvent:
    """One stored event; `event` is what of it is needed to place it, `live` whether it has no tombstone."""

    live: bool
    event: JsonObject

    @cached_property
    def place(self) -> Span | None:
        """Where it lies, if its row tells."""
        return place_of(self.event)

    @cached_property
    def series(self) -> str | None:
        """The id of its series; None for a single event."""
        return series_of(self.event)

    @property
    def ical_uid(self) -> str | None:
        """What it shares with all other occurrences of its series."""
        uid = self.event["iCalUID"]
        return uid if isinstance(uid, str) else None


@dataclass(frozen=True)
class Copy:
    """The copy of one calendar's events by their ids, as it was when it was first looked at."""

    connection: psycopg.Connection
    calendar_id: str

    @cached_property
    def events(self) -> Mapping[str, StoredEvent]:
        """All that are stored, those with tombstones too."""
        return self._read(_EVENTS)

    @cached_property
    def written_by_others(self) -> Mapping[str, StoredEvent]:
        """Those that someone else has stored, or changed, since our last sync of the calendar."""
        return self._read(_EVENTS + _SINCE_OWN_LOAD)

    def _read(self, query: LiteralString) -> Mapping[str, StoredEvent]:
        place = {"calendar_id": self.calendar_id, "source": SOURCE, "stream": stream_of(self.calendar_id)}
        with self.connection.transaction():
            rows = self.connection.execute(query, place).fetchall()
        return {event_id: StoredEvent(live, event) for event_id, live, event in rows}


def stream_of(calendar_id: str) -> str:
    """The stream whose cursor goes with a calendar's events."""
    return f"events:{calendar_id}"


def source_id(calendar_id: str, event_id: str) -> str:
    """The id under which an event is stored."""
    return f"{calendar_id}:{event_id}"


def calendars_with_live_events(connection: psycopg.Connection) -> Collection[str]:
    """The ids of the calendars of which there are live events."""
    with connection.transaction():
        return [calendar_id for (calendar_id,) in connection.execute(_LIVE_CALENDARS)]
