"""Years of one invented life as the syncs of those years would have left them in raw, and each morning that follows.

The life is the one of the local stand-ins: the same for the same days, some 35 entries and 9 events a day. Entries and
master data go through our own loader. So do events from then on; those of the past are copied in with the time at which
a sync saw each of them, so that the plan of a past day is as frozen as it would be. All triggers are at work.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import psycopg

from infra.local.agenda import Agenda, Event, instant
from infra.local.clock import ManualClock
from infra.local.google_json import calendar_list_json, event_json
from infra.local.life import PLANNED_DAYS_AHEAD, PLANNED_DAYS_BACK, live
from infra.local.toggl_json import client_json, entry_json, project_json
from infra.local.track import Track
from infra.local.world import World
from tasks import raw
from tasks.google_calendar import auth as google
from tasks.google_calendar.client import API_VERSION as GOOGLE_VERSION
from tasks.google_calendar.events import ORDINARY_AHEAD, ORDINARY_BACK, WIDE, WIDE_EVERY
from tasks.google_calendar.stored import source_id, stream_of
from tasks.holidays import load_holidays
from tasks.raw import Batch, JsonObject, Row
from tasks.toggl import client as toggl

ZONE = ZoneInfo("Asia/Tokyo")
COUNTRY = "JP"
_SEED = 7
_SYNCED_AT = time(7, 0, 5)
_EVENTS = "google_calendar__events"
_IN_VIEW = timedelta(days=PLANNED_DAYS_AHEAD)

_COVER = """
insert into raw.coverage (source, stream, during, known_at)
select %(source)s, %(stream)s, tstzrange(read_at - %(reach)s, read_at + %(reach)s), read_at
from generate_series(%(first)s - %(reach)s, %(last)s, %(every)s) as read_at
"""
_FRESHNESS = """
insert into raw.sync_state (source, stream, synced_at) values (%s, 'all', %s)
on conflict (source, stream) do update set synced_at = excluded.synced_at
"""


def morning(day: date) -> datetime:
    """The instant of the daily sync on `day`, which stands for the present."""
    return datetime.combine(day, _SYNCED_AT, ZONE)


def write_history(connection: psycopg.Connection, today: date, days: int) -> None:
    """Fill an empty, migrated database with `days` ended days and what there is of today in the morning."""
    now = morning(today)
    world = _world(now, days)
    _load_master_data(connection, world)
    _load_entries(connection, world.track)
    _copy_events(connection, now, days)
    for calendar_id in _calendars(world.agenda):
        reads = {"first": morning(today - timedelta(days=days)), "last": now, "reach": WIDE, "every": WIDE_EVERY}
        connection.execute(_COVER, {"source": google.SOURCE, "stream": stream_of(calendar_id), **reads})
    load_holidays(connection, COUNTRY, today)
    _mark_synced(connection, now)
    connection.commit()


def write_morning(connection: psycopg.Connection, today: date) -> None:
    """Load what the sync of a morning reads: the entries since the last one, and the calendars around today."""
    now = morning(today)
    world = _world(now, 2)
    _load_entries(connection, world.track)
    opens, closes = now - ORDINARY_BACK, now + ORDINARY_AHEAD
    for calendar_id in _calendars(world.agenda):
        told = [event for event in world.agenda.occurrences(calendar_id) if opens <= _start(event) < closes]
        batch = Batch(
            _EVENTS,
            [_event_row(event, world.agenda) for event in told if event.status != "cancelled"],
            [source_id(calendar_id, event.id) for event in told if event.status == "cancelled"],
            GOOGLE_VERSION,
        )
        raw.load(connection, google.SOURCE, stream_of(calendar_id), [batch], None)
    _mark_synced(connection, now)
    connection.commit()


def _world(now: datetime, days: int) -> World:
    return live(_SEED, ManualClock(now), ZONE, days)


def _calendars(agenda: Agenda) -> list[str]:
    """The calendars that a sync reads: those that the person has selected."""
    return [calendar.id for calendar in agenda.calendars.values() if calendar.selected]


def _load_master_data(connection: psycopg.Connection, world: World) -> None:
    track, agenda = world.track, world.agenda
    projects = [project_json(project, track) for project in track.projects.values()]
    clients = [client_json(client, track) for client in track.clients.values()]
    calendars = [calendar_list_json(calendar) for calendar in agenda.calendars.values()]
    for source, stream, table, records in (
        (toggl.SOURCE, "projects", "toggl_track__projects", projects),
        (toggl.SOURCE, "clients", "toggl_track__clients", clients),
        (google.SOURCE, "calendar_list", "google_calendar__calendar_list", calendars),
    ):
        rows = [Row(str(record["id"]), _as_read(record)) for record in records]
        raw.load(connection, source, stream, [Batch(table, rows)], None)


def _load_entries(connection: psycopg.Connection, track: Track) -> None:
    """Load what has been stopped: what runs is taken to last until the database's present, which is not the life's."""
    entries = track.entries.values()
    rows = [
        Row(str(entry.id), _as_read(entry_json(entry, track)))
        for entry in entries
        if entry.stop and not entry.deleted_at
    ]
    deleted = [str(entry.id) for entry in entries if entry.deleted_at]
    batch = Batch("toggl_track__time_entries", rows, deleted, toggl.API_VERSION)
    raw.load(connection, toggl.SOURCE, "entries", [batch], None)


def _copy_events(connection: psycopg.Connection, now: datetime, days: int) -> None:
    columns = "source_id, data, api_version, synced_at, seen_at"
    with connection.cursor() as cursor, cursor.copy(f"copy raw.{_EVENTS} ({columns}) from stdin".encode()) as copy:
        for event, agenda in _events_of(now, days):
            row, seen_at = _event_row(event, agenda), _seen_at(event)
            copy.write_row((row.source_id, json.dumps(row.data), GOOGLE_VERSION, seen_at, seen_at))


def _events_of(now: datetime, days: int) -> Iterator[tuple[Event, Agenda]]:
    """Every event of the days until now and of the weeks ahead, as its calendar showed it in the end.

    Calendars reach back some weeks only, so one is made for each such stretch of the past.
    """
    begin, closes = now - timedelta(days=days), now + ORDINARY_AHEAD
    present = now
    while closes > begin:
        agenda = _world(present, 0).agenda
        opens = max(begin, present - timedelta(days=PLANNED_DAYS_BACK))
        for calendar_id in _calendars(agenda):
            for event in agenda.occurrences(calendar_id):
                if event.status != "cancelled" and opens <= _start(event) < closes:
                    yield event, agenda
        present, closes = opens, opens


def _start(event: Event) -> datetime:
    return instant(event.start, ZONE)


def _seen_at(event: Event) -> datetime:
    """When a sync saw the event as it is: after its last change, or when its day came into view, if that was later."""
    start = _start(event)
    is_own_change = start - _IN_VIEW < event.updated < start + timedelta(days=1)
    return event.updated if is_own_change else start - _IN_VIEW


def _event_row(event: Event, agenda: Agenda) -> Row:
    data = _as_read(event_json(event, agenda, ZONE)) | {"_calendar_id": event.calendar_id}
    return Row(source_id(event.calendar_id, event.id), data)


def _mark_synced(connection: psycopg.Connection, now: datetime) -> None:
    for source in (toggl.SOURCE, google.SOURCE):
        connection.execute(_FRESHNESS, (source, now))


def _as_read(record: Mapping[str, object]) -> JsonObject:
    """A record of the stand-ins as a client of theirs has it: there is nothing in it but JSON."""
    return cast("JsonObject", record)
