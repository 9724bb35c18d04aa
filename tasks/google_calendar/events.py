"""The events of one calendar, kept equal to Google's: a window read in full is the truth, a sync token tells when.

A sync asks first what has changed since the last one. Nothing: that one request was all. Else a window is read in full,
series expanded, and what is stored in it but was not told is asked for (`asking`). The window reaches 30 days back and
60 ahead if all that was named lies, and lay, inside of it, else 400 days both ways. The wide one is read weekly, too,
for what changes leave out, as what enters a window by the passing of time or, at times, a far series that was deleted,
and whenever Google gives no token. Only a read of the wide window starts a token, in case its changes keep to the
window that it was got with. A read without a token that Google still takes, the first one among them, reaches to
whatever is stored, and compares all of that.

Changes are hints, as of a deleted series Google names only a part: whatever is stored of a series that is named is
compared. Only of an event that lies outside of the window they are believed: it is stored as it is there, or gets its
tombstone. A cancelled event never replaces what is stored: it often comes as a stub.

What another writer has put over a row since our last sync counts as named, so that Google's version comes back with the
next one; if that writer took a row away, with the next weekly read.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import psycopg

from tasks import raw
from tasks.google_calendar.asking import ask_for
from tasks.google_calendar.auth import SOURCE
from tasks.google_calendar.client import API_VERSION, CalendarClient, TokenRefusedError
from tasks.google_calendar.places import is_surely_told, place_of, series_of, widened
from tasks.google_calendar.stored import (
    TABLE,
    Copy,
    StoredEvent,
    calendars_with_live_events,
    source_id,
    stream_of,
)
from tasks.raw import Batch, JsonObject, JsonValue, Loaded, Row, Span

ORDINARY_BACK, ORDINARY_AHEAD = timedelta(days=30), timedelta(days=60)
WIDE = timedelta(days=400)
WIDE_EVERY = timedelta(days=7)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cursor:
    """How far a calendar was read: when the weekly read was made, and the token for what has changed since the last."""

    wide_read_at: datetime | None = None
    sync_token: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for the weekly read, or a clock was wrong."""
        return self.wide_read_at is None or not timedelta(0) <= now - self.wide_read_at < WIDE_EVERY


@dataclass(frozen=True)
class _Reading:
    """What Google said: of `window` all, and of what lies elsewhere the `changes`; where to go on from.

    With `of_all` nothing stored is outside of the window.
    """

    cursor: Cursor
    window: Span
    events: Sequence[JsonObject]
    changes: Sequence[JsonObject] = ()
    of_all: bool = False


def sync_events(
    connection: psycopg.Connection, client: CalendarClient, calendar_id: str, now: datetime
) -> list[Loaded]:
    """Bring one calendar's events up to date as of `now`; NotShownError, and nothing changed, when it is not shown."""
    copy = Copy(connection, calendar_id)
    cursor = _cursor(raw.read_cursor(connection, SOURCE, stream_of(calendar_id)), client.token_scope)
    if not all(is_surely_told(event.place, _wide(now)) for event in copy.written_by_others.values()):
        cursor = Cursor()
    try:
        return _sync_from(copy, client, cursor, now)
    except TokenRefusedError as refusal:
        logger.info("%s Reading the calendar anew", refusal.sentence)
        return _sync_from(copy, client, Cursor(), now)


def retire_events(connection: psycopg.Connection, chosen: Collection[str]) -> list[Loaded]:
    """Tombstone the events of calendars that are no longer chosen; chosen again, such a calendar is read widely."""
    loaded: list[Loaded] = []
    for calendar_id in sorted({*calendars_with_live_events(connection)} - {*chosen}):
        stored = [source_id(calendar_id, event_id) for event_id in Copy(connection, calendar_id).events]
        batch = Batch(TABLE, [], stored, API_VERSION)
        loaded += raw.load(connection, SOURCE, stream_of(calendar_id), [batch], None)
    return loaded


def _sync_from(copy: Copy, client: CalendarClient, cursor: Cursor, now: datetime) -> list[Loaded]:
    connection, stream = copy.connection, stream_of(copy.calendar_id)
    if cursor.sync_token is None or cursor.is_due(now):
        reading = _read_widely(copy, client, cursor, now)
    else:
        changes = client.changes(copy.calendar_id, cursor.sync_token)
        cursor = replace(cursor, sync_token=changes.sync_token)
        if not changes.items and not copy.written_by_others:
            return raw.load(connection, SOURCE, stream, [], _json(cursor, client.token_scope))
        window = _window_for(copy, changes.items, now)
        reading = _Reading(cursor, window, client.events(copy.calendar_id, window).items, changes.items)
    batch = _compare(copy, client, reading)
    with connection.transaction():
        loaded = raw.load(connection, SOURCE, stream, [batch], _json(reading.cursor, client.token_scope))
        raw.record_coverage(connection, SOURCE, stream, reading.window)
    return loaded


def _read_widely(copy: Copy, client: CalendarClient, cursor: Cursor, now: datetime) -> _Reading:
    """Read the wide window for its own sake: weekly, or for want of a token."""
    is_due, window = cursor.is_due(now), _wide(now)
    of_all = is_due and cursor.sync_token is None
    if of_all:
        window = widened(window, [event.place for event in copy.events.values() if event.place is not None])
    listing = client.events(copy.calendar_id, window)
    # After the window: what changes between the two, the window's new token will tell.
    changes = client.changes(copy.calendar_id, cursor.sync_token).items if cursor.sync_token else ()
    read_at = now if is_due else cursor.wide_read_at
    return _Reading(Cursor(read_at, listing.sync_token), window, listing.items, changes, of_all)


def _window_for(copy: Copy, changes: Sequence[JsonObject], now: datetime) -> Span:
    """The ordinary window if all that was named lies and lay inside, surely; else the wide one."""
    places = [event.place for event in copy.written_by_others.values()]
    for change in changes:
        before = copy.events.get(str(change["id"]))
        if before is not None:
            places.append(before.place)
        if before is None or not _is_cancelled(change):
            places.append(place_of(change))
    series = _named_series(changes)
    places += [event.place for event in copy.events.values() if event.live and event.series in series]
    ordinary = Span(now - ORDINARY_BACK, now + ORDINARY_AHEAD)
    return ordinary if all(is_surely_told(place, ordinary) for place in places) else _wide(now)


def _compare(copy: Copy, client: CalendarClient, reading: _Reading) -> Batch:
    """What is to be stored, after asking for what is stored but was not told."""
    told = _told(copy, reading)
    missing = _missing(copy, reading, told.keys())
    living_series = {key for event in told.values() if not _is_cancelled(event) and (key := series_of(event))}
    told = ask_for(client, copy.calendar_id, missing, living_series) | told
    live = {event_id: event for event_id, event in told.items() if not _is_cancelled(event)}
    return Batch(
        TABLE,
        [
            Row(source_id(copy.calendar_id, event_id), {**event, "_calendar_id": copy.calendar_id})
            for event_id, event in live.items()
        ],
        [source_id(copy.calendar_id, event_id) for event_id in (missing.keys() | told.keys()) - live.keys()],
        API_VERSION,
    )


def _told(copy: Copy, reading: _Reading) -> dict[str, JsonObject]:
    """What can be believed of what Google said: the window, and of stored events elsewhere the changes."""
    told = {str(event["id"]): event for event in reading.events}
    for change in reading.changes:
        event_id, place = str(change["id"]), place_of(change)
        is_elsewhere = place is not None and not is_surely_told(place, reading.window)
        if event_id in copy.events and (is_elsewhere or _is_cancelled(change)):
            told.setdefault(event_id, change)
    return told


def _missing(copy: Copy, reading: _Reading, told: Collection[str]) -> dict[str, StoredEvent]:
    """The live stored events of which Google should have told, but has not, and all others of their series."""
    silent = {event_id: event for event_id, event in copy.events.items() if event.live and event_id not in told}
    named = {str(change["id"]) for change in reading.changes}
    missing = {
        event_id
        for event_id, event in silent.items()
        if reading.of_all or event_id in named or is_surely_told(event.place, reading.window)
    }
    series = (_named_series(reading.changes) | {silent[event_id].series for event_id in missing}) - {None}
    return {event_id: event for event_id, event in silent.items() if event_id in missing or event.series in series}


def _named_series(changes: Sequence[JsonObject]) -> set[str | None]:
    """The ids of all series of which the changes name an occurrence, or which they name themselves."""
    return ({str(change["id"]) for change in changes} | {series_of(change) for change in changes}) - {None}


def _is_cancelled(event: JsonObject) -> bool:
    return event.get("status") == "cancelled"


def _wide(now: datetime) -> Span:
    return Span(now - WIDE, now + WIDE)


def _cursor(value: JsonValue, token_scope: str) -> Cursor:
    """The cursor as it was stored; an empty one where there is none, or it was got in another scope."""
    if not isinstance(value, dict) or value.get("token_scope") != token_scope:
        return Cursor()
    read_at, token = value.get("wide_read_at"), value.get("sync_token")
    return Cursor(
        datetime.fromisoformat(read_at) if isinstance(read_at, str) else None, token if isinstance(token, str) else None
    )


def _json(cursor: Cursor, token_scope: str) -> JsonValue:
    read_at = cursor.wide_read_at.isoformat() if cursor.wide_read_at else None
    return {"wide_read_at": read_at, "sync_token": cursor.sync_token, "token_scope": token_scope}
