"""Which calendars there are, which of them are read, and what their colours mean."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg

from tasks import raw
from tasks.errors import SourceError
from tasks.google_calendar.auth import SOURCE
from tasks.google_calendar.client import API_VERSION, CalendarClient, NotShownError
from tasks.raw import Batch, JsonObject, JsonValue, Loaded, Row

LIST_TABLE = "google_calendar__calendar_list"
REFRESH_EVERY = timedelta(days=7)


def choose_calendars(
    connection: psycopg.Connection, client: CalendarClient, wanted: Sequence[str], now: datetime
) -> tuple[list[str], list[Loaded]]:
    """The ids of the calendars to read: those wanted, else every one that the user has selected in Google's list.

    The list is loaded whenever it is read: always, unless all are wanted by their ids; then only as often as
    `sync_calendars` reads. Raises SourceError when nothing is wanted and the list is empty, as a service account's is.
    """
    by_id = list(dict.fromkeys(wanted))
    if by_id and "primary" not in by_id and _is_fresh(raw.read_cursor(connection, SOURCE, "calendars"), by_id, now):
        return by_id, []
    listed = client.calendar_list()
    return choose_among(listed, wanted), _load_calendar_list(connection, listed)


def sync_calendars(
    connection: psycopg.Connection, client: CalendarClient, chosen: Sequence[str], now: datetime
) -> list[Loaded]:
    """Read and load the chosen calendars' own records and the colours, when others are chosen and once a week."""
    if _is_fresh(raw.read_cursor(connection, SOURCE, "calendars"), chosen, now):
        return []
    calendars: list[Row] = []
    for calendar_id in chosen:
        try:
            calendars.append(Row(calendar_id, client.calendar(calendar_id)))
        except NotShownError:
            # Reading its events has reported it.
            continue
    colors = [Row(kind, palette) for kind, palette in client.colors().items() if isinstance(palette, dict)]
    batches = [
        Batch("google_calendar__calendars", calendars, api_version=API_VERSION),
        Batch("google_calendar__colors", colors, api_version=API_VERSION),
    ]
    return raw.load(connection, SOURCE, "calendars", batches, {"chosen": [*chosen], "read_at": now.isoformat()})


def choose_among(listed: Sequence[JsonObject], wanted: Sequence[str]) -> list[str]:
    """The ids of the calendars to read of those that Google lists; raises as `choose_calendars` does."""
    if not wanted and not listed:
        raise SourceError(
            SOURCE,
            "Google Calendar lists no calendar for this account.",
            "Name the calendars to read in GOOGLE_CALENDAR_IDS; a service account sees those shared with its address.",
        )
    if not wanted:
        return [str(entry["id"]) for entry in listed if entry.get("selected") and not entry.get("deleted")]
    primary = next((str(entry["id"]) for entry in listed if entry.get("primary")), "primary")
    return list(dict.fromkeys(primary if name == "primary" else name for name in wanted))


def _load_calendar_list(connection: psycopg.Connection, listed: Sequence[JsonObject]) -> list[Loaded]:
    """Load the calendar list; an entry that it lacks is gone, unless it lacks them all."""
    rows = [Row(str(entry["id"]), entry) for entry in listed]
    stored = raw.stored_ids(connection, LIST_TABLE, "true", {}) if rows else set()
    gone = stored - {row.source_id for row in rows}
    return raw.load(connection, SOURCE, "calendar_list", [Batch(LIST_TABLE, rows, gone, API_VERSION)], None)


def _is_fresh(cursor: JsonValue, chosen: Sequence[str], now: datetime) -> bool:
    if not isinstance(cursor, dict) or cursor.get("chosen") != [*chosen]:
        return False
    read_at = cursor.get("read_at")
    return isinstance(read_at, str) and now - datetime.fromisoformat(read_at) < REFRESH_EVERY
