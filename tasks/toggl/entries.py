"""Toggl's time entries: what changed since the last sync, or, where that is no longer known, everything in reach.

One request asks for all that changed since the newest server stamp seen, deletions included, however old the entry is.
At first, when that stamp is too old for Toggl (400), and when an answer is full, everything within Toggl's reach of
about 90 days is read window by window instead, and what is stored but no longer there gets its tombstone: only inside
windows that were answered in full and not with nothing, and only in workspaces that still exist.

Such a window read cannot tell what changed meanwhile in entries beyond the reach. The cursor remembers from when on
that is unknown, until the history has been compared with Toggl's reports (history.py).
"""

import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg

from tasks import raw
from tasks.raw import Batch, JsonObject, Loaded, Span
from tasks.toggl.client import (
    API_VERSION,
    MOST_ENTRIES,
    SOURCE,
    RefusedError,
    TogglClient,
    moment,
    to_rows,
    workspace_of,
)

TABLE = "toggl_track__time_entries"
REPORT_TABLE = "toggl_track__time_entries_report"
STREAM = "time_entries"
# A little more than Toggl allows: its refusal names the first day that it lists.
REACH = timedelta(days=100)
AHEAD = timedelta(days=365)
WINDOW = timedelta(days=21)
SMALLEST_WINDOW = timedelta(seconds=2)
OVERLAP = timedelta(seconds=120)
OLDEST_CURSOR = timedelta(days=30)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EntriesRead:
    """Entries as Toggl sent them, later answers last; the starts that lie in `spans` were read in full.

    `newest` is where the next sync goes on, `workspace_id` the one that was asked for. Since `unknown_since` entries
    beyond the reach may have changed without a word, as was last found out at `noted_at`.
    """

    entries: Sequence[JsonObject]
    spans: Sequence[Span] = ()
    newest: datetime | None = None
    workspace_id: int | None = None
    unknown_since: datetime | None = None
    noted_at: datetime | None = None


def read_entries(
    connection: psycopg.Connection, client: TogglClient, workspace_id: int | None, now: datetime
) -> EntriesRead:
    """Read what changed since the last sync of these workspaces (one, or by None all), or everything in reach."""
    cursor = raw.read_cursor(connection, SOURCE, STREAM)
    known = cursor if isinstance(cursor, dict) else {}
    newest = moment(known.get("at"))
    unknown = [moment(known.get("unknown_since"))]
    if known.get("workspace_id") != workspace_id:
        # What changed in workspaces that were not asked for was not loaded.
        unknown.append(newest and newest - OVERLAP)
        newest = None
    read = _read_reach(client, now) if newest is None else _read_changes(client, newest - OVERLAP, now)
    unknown.append(read.unknown_since)
    stamps = [newest, *(moment(entry.get("at")) for entry in read.entries)]
    newest = max((stamp for stamp in stamps if stamp), default=None)
    if client.served_at:
        # What changes while several answers are read may be in none of them: it is read again next time. And a stamp
        # that nothing has moved for months would be refused one day, though all since then is known.
        newest = max(min(newest or client.served_at, client.served_at), client.served_at - OLDEST_CURSOR)
        if read.unknown_since:
            # All in reach was read, and the rest is on record as unknown: the same changes need not be told again.
            newest = client.served_at
    unknown_since = min((since for since in unknown if since), default=None)
    noted_at = now if any(unknown[1:]) else moment(known.get("noted_at"))
    return replace(read, newest=newest, workspace_id=workspace_id, unknown_since=unknown_since, noted_at=noted_at)


def load_entries(connection: psycopg.Connection, read: EntriesRead, known_workspaces: Collection[int]) -> list[Loaded]:
    """Load what was read together with its cursor; what is stored in a fully read span but was not there is gone.

    An entry that has moved out of the one workspace asked for is gone too.
    """
    latest = {str(entry["id"]): entry for entry in read.entries}
    live = {
        source_id: entry
        for source_id, entry in latest.items()
        if not entry.get("server_deleted_at")
        and (read.workspace_id is None or workspace_of(entry) == read.workspace_id)
    }
    stored: set[str] = set()
    for span in read.spans:
        stored |= _stored_in(connection, span, known_workspaces)
    deleted = (stored | latest.keys()) - live.keys()
    batches = [
        Batch(TABLE, to_rows(live.values()), deleted, API_VERSION),
        Batch(REPORT_TABLE, [], deleted, alive=live.keys()),
    ]
    return raw.load(connection, SOURCE, STREAM, batches, _cursor(read))


def unknown_noted_at(connection: psycopg.Connection) -> datetime | None:
    """When it was last found out that entries beyond the reach may have changed without a word; None: they have not."""
    cursor = raw.read_cursor(connection, SOURCE, STREAM)
    if not isinstance(cursor, dict) or cursor.get("unknown_since") is None:
        return None
    return moment(cursor.get("noted_at"))


def settle_unknown(connection: psycopg.Connection, noted_at: datetime) -> None:
    """Take note that a comparison begun at or after `noted_at` has ended, unless there is newer doubt."""
    cursor = raw.read_cursor(connection, SOURCE, STREAM)
    if isinstance(cursor, dict) and unknown_noted_at(connection) == noted_at:
        raw.load(connection, SOURCE, STREAM, [], {**cursor, "unknown_since": None, "noted_at": None})


def _cursor(read: EntriesRead) -> JsonObject:
    return {
        "at": read.newest.isoformat() if read.newest else None,
        "workspace_id": read.workspace_id,
        "unknown_since": read.unknown_since.isoformat() if read.unknown_since else None,
        "noted_at": read.noted_at.isoformat() if read.noted_at else None,
    }


def _stored_in(connection: psycopg.Connection, span: Span, workspaces: Collection[int]) -> set[str]:
    """The ids of the live entries, from either API, that start in the span and belong to one of the workspaces."""
    condition: LiteralString = (
        "(data->>'start')::timestamptz >= %(start)s and (data->>'start')::timestamptz < %(end)s"
        " and coalesce(data->>'workspace_id', data->>'wid', data->>'_workspace_id')::bigint = any(%(workspaces)s)"
    )
    values = {"start": span.start, "end": span.end, "workspaces": list(workspaces)}
    return raw.stored_ids(connection, TABLE, condition, values) | raw.stored_ids(
        connection, REPORT_TABLE, condition, values
    )


def _read_changes(client: TogglClient, since: datetime, now: datetime) -> EntriesRead:
    try:
        changed = client.entries_since(since)
    except RefusedError as refusal:
        logger.info("Toggl Track: reading everything in reach again. %s", refusal.sentence)
        return replace(_read_reach(client, now), unknown_since=since)
    if len(changed) < MOST_ENTRIES:
        return EntriesRead(changed)
    reach = _read_reach(client, now)
    return EntriesRead([*changed, *reach.entries], reach.spans, unknown_since=since)


def _read_reach(client: TogglClient, now: datetime) -> EntriesRead:
    """Everything that Toggl still lists, newest window first; that one reaches ahead, for entries made in advance.

    Of what began before the reach only the running entry is told, by itself.
    """
    running = client.running_entry()
    entries = [running] if running else []
    spans: list[Span] = []
    present = now.astimezone(UTC).replace(microsecond=0)
    end, earliest = present + AHEAD, present - REACH
    answered = False
    while end > earliest:
        start = max(min(end, present) - WINDOW, earliest)
        try:
            read = _read_window(client, start, end)
        except RefusedError as refusal:
            # Not even the present may be listed: then it is not the distance that Toggl refuses.
            if not answered:
                raise
            earliest = _nearest_allowed(start, refusal.sentence)
            continue
        answered = True
        entries += read.entries
        spans += read.spans
        end = start
    return EntriesRead(entries, spans)


def _read_window(client: TogglClient, start: datetime, end: datetime) -> EntriesRead:
    entries = client.entries_between(start, end)
    if len(entries) < MOST_ENTRIES:
        second = timedelta(seconds=1)
        return EntriesRead(entries, [Span(start + second, end + second)] if entries else [])
    if end - start <= SMALLEST_WINDOW:
        return EntriesRead(entries)
    middle = (start + (end - start) / 2).replace(microsecond=0)
    newer, older = _read_window(client, middle, end), _read_window(client, start, middle)
    return EntriesRead([*newer.entries, *older.entries], [*newer.spans, *older.spans])


def _nearest_allowed(start: datetime, refusal: str) -> datetime:
    """A later start than the refused one: the date that the refusal names, else some days on."""
    named = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in re.findall(r"\d{4}-\d\d-\d\d", refusal)]
    fitting = [day for day in named if start < day <= start + WINDOW]
    return max(fitting) if fitting else start + timedelta(days=1 if named else 3)
