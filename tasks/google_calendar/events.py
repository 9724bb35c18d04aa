"""The events of one calendar: a window is read in full, and what is stored in it but was not there is asked for.

The window reaches 30 days back and 60 ahead on ordinary syncs, 400 days both ways at first and once a week; a first
read also reaches back to whatever is stored. Series come expanded. No sync token is used: changes by token leave out
what enters the window by the passing of time, and part of the instances of a deleted series.

An event that the window lacks is asked for by its id: it may have moved out of the window, and is stored as it is now;
only when Google says that it is cancelled or gone does it get its tombstone. Of a series that is itself gone the
occurrences are gone too. A cancelled event never replaces what is stored: it often comes as a stub.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

import psycopg

from tasks import raw
from tasks.google_calendar.auth import SOURCE
from tasks.google_calendar.client import API_VERSION, CalendarClient
from tasks.raw import Batch, JsonObject, JsonValue, Loaded, Row

TABLE = "google_calendar__events"
ORDINARY_BACK, ORDINARY_AHEAD = timedelta(days=30), timedelta(days=60)
WIDE = timedelta(days=400)
WIDE_EVERY = timedelta(days=7)
# All-day events begin and end at midnight of a zone that only Google knows; near the bounds nothing is concluded.
MARGIN = timedelta(days=1)

_INSTANCE = re.compile(r"(?P<series>.+)_\d{8}(T\d{6}Z)?")


def sync_events(
    connection: psycopg.Connection, client: CalendarClient, calendar_id: str, now: datetime
) -> list[Loaded]:
    """Bring one calendar's events up to date as of `now`; NotShownError, and nothing changed, when it is not shown."""
    cursor = raw.read_cursor(connection, SOURCE, _stream(calendar_id))
    wide_read_at = _wide_read_at(cursor)
    wide = wide_read_at is None or now - wide_read_at >= WIDE_EVERY
    start, end = (now - WIDE, now + WIDE) if wide else (now - ORDINARY_BACK, now + ORDINARY_AHEAD)
    if wide_read_at is None:
        start = min(start, _oldest_stored(connection, calendar_id) or start)
    told = {str(event["id"]): event for event in client.events(calendar_id, start, end)}
    missing = _stored_between(connection, calendar_id, start + MARGIN, end - MARGIN) - told.keys()
    found = _ask_for(client, calendar_id, missing)
    live = {key: event for key, event in (told | found).items() if event.get("status") != "cancelled"}
    deleted = (missing | told.keys()) - live.keys()
    batch = Batch(
        TABLE,
        [Row(_source_id(calendar_id, key), {**event, "_calendar_id": calendar_id}) for key, event in live.items()],
        [_source_id(calendar_id, key) for key in deleted],
        API_VERSION,
    )
    next_cursor: JsonValue = {"wide_read_at": now.isoformat()} if wide else cursor
    return raw.load(connection, SOURCE, _stream(calendar_id), [batch], next_cursor)


def retire_events(connection: psycopg.Connection, chosen: Collection[str]) -> list[Loaded]:
    """Tombstone the events of calendars that are no longer chosen; chosen again, such a calendar is read widely."""
    with connection.transaction():
        rows = connection.execute(
            "select distinct data->>'_calendar_id' from raw.google_calendar__events"
            " where deleted_at is null and not data->>'_calendar_id' = any(%s)",
            (list(chosen),),
        ).fetchall()
    loaded: list[Loaded] = []
    for (calendar_id,) in rows:
        condition = "data->>'_calendar_id' = %(calendar_id)s"
        stored = raw.stored_ids(connection, TABLE, condition, {"calendar_id": calendar_id})
        loaded += raw.load(connection, SOURCE, _stream(calendar_id), [Batch(TABLE, [], stored, API_VERSION)], None)
    return loaded


def _ask_for(client: CalendarClient, calendar_id: str, event_ids: Collection[str]) -> dict[str, JsonObject]:
    """Those of the events that still exist, wherever they lie now."""
    found: dict[str, JsonObject] = {}
    series_lives: dict[str, bool] = {}
    for event_id in sorted(event_ids):
        instance = _INSTANCE.fullmatch(event_id)
        if instance is not None:
            series_id = instance["series"]
            if series_id not in series_lives:
                series_lives[series_id] = client.event(calendar_id, series_id) is not None
            if not series_lives[series_id]:
                continue
        if (event := client.event(calendar_id, event_id)) is not None:
            found[event_id] = event
    return found


def _stored_between(connection: psycopg.Connection, calendar_id: str, start: datetime, end: datetime) -> set[str]:
    """The ids of the live events of a calendar that reach into (start, end)."""
    source_ids = raw.stored_ids(
        connection,
        TABLE,
        "data->>'_calendar_id' = %(calendar_id)s"
        " and coalesce(data->'end'->>'dateTime', data->'end'->>'date')::timestamptz > %(start)s"
        " and coalesce(data->'start'->>'dateTime', data->'start'->>'date')::timestamptz < %(end)s",
        {"calendar_id": calendar_id, "start": start, "end": end},
    )
    return {source_id.removeprefix(f"{calendar_id}:") for source_id in source_ids}


def _oldest_stored(connection: psycopg.Connection, calendar_id: str) -> datetime | None:
    """The start of a calendar's first event that was ever stored, deleted or not."""
    with connection.transaction():
        row = connection.execute(
            "select min(coalesce(data->'start'->>'dateTime', data->'start'->>'date')::timestamptz)"
            " from raw.google_calendar__events where data->>'_calendar_id' = %s",
            (calendar_id,),
        ).fetchone()
    return row[0] - MARGIN if row and row[0] else None


def _wide_read_at(cursor: JsonValue) -> datetime | None:
    stamp = cursor.get("wide_read_at") if isinstance(cursor, dict) else None
    return datetime.fromisoformat(stamp) if isinstance(stamp, str) else None


def _stream(calendar_id: str) -> str:
    return f"events:{calendar_id}"


def _source_id(calendar_id: str, event_id: str) -> str:
    return f"{calendar_id}:{event_id}"
