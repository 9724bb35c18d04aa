"""Google Calendar: reads an account through its API v3 and keeps `raw.google_calendar__*` equal to it.

    with CalendarClient(access) as client:
        client.calendar_list()                            # which calendars there are
        listing = client.events("primary", week)          # series expanded, cancelled ones included
        client.changes("primary", listing.sync_token)     # what happened since

    sync(connection, access, now=now)                     # all of it into Postgres

Read are the calendars named in GOOGLE_CALENDAR_IDS, else those selected in the account. The plan of a calendar that is
neither any more does not count: its events get tombstones. One that Google does not show at the moment keeps its data.

When nothing has changed, a sync costs one request for each calendar, and one for the list of them, unless
GOOGLE_CALENDAR_IDS names them all by their ids.
"""

from datetime import datetime

import psycopg

from tasks.errors import SourceError
from tasks.google_calendar.auth import SOURCE
from tasks.google_calendar.calendars import choose_calendars, sync_calendars
from tasks.google_calendar.client import TITLE, CalendarClient, NotShownError
from tasks.google_calendar.events import retire_events, sync_events
from tasks.raw import SyncSummary
from tasks.settings import GoogleAccess
from tasks.source import Source

__all__ = ["SOURCE", "TITLE", "CalendarClient", "source", "sync"]


def sync(
    connection: psycopg.Connection, access: GoogleAccess, *, now: datetime, client: CalendarClient | None = None
) -> SyncSummary:
    """Bring the copy of one Google account's calendars up to date as of `now` (aware); gives what it did.

    Every calendar commits together with its own cursor. Raises CredentialsError, SourceUnavailable, or, when all else
    is loaded, SourceError for a calendar in GOOGLE_CALENDAR_IDS that Google does not show.
    """
    with client or CalendarClient(access) as google:
        chosen, loaded = choose_calendars(connection, google, access.calendar_ids, now)
        hidden: list[str] = []
        for calendar_id in chosen:
            try:
                loaded += sync_events(connection, google, calendar_id, now)
            except NotShownError:
                hidden.append(calendar_id)
        loaded += retire_events(connection, chosen)
        loaded += sync_calendars(connection, google, chosen, now)
        if hidden and access.calendar_ids:
            raise SourceError(
                SOURCE,
                f"Google Calendar does not show this account the calendar {' nor '.join(hidden)}.",
                "Correct GOOGLE_CALENDAR_IDS, or share the calendar with the account.",
            )
        notes = tuple(f"Google Calendar does not show {name} at present; its data is kept." for name in hidden)
        return SyncSummary(SOURCE, tuple(loaded), google.requests, notes)


source = Source.of(
    SOURCE,
    TITLE,
    lambda settings: settings.google,
    lambda connection, access, now: sync(connection, access, now=now),
    "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET and run `lifetracer auth google`,"
    " or set GOOGLE_SERVICE_ACCOUNT_FILE.",
)
