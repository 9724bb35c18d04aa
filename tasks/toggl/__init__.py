"""Toggl Track: reads an account through its API v9 and keeps `raw.toggl_track__*` equal to it.

    with TogglClient(access) as client:
        client.me()                               # whose account it is
        client.entries_since(an_hour_ago)         # what changed, deletions included

    sync(connection, access, now=now)             # all of it into Postgres, in 2 requests when little changed

Nothing is ever deleted because of an empty answer, nor because a workspace is no longer there: Toggl removes whole
workspaces of idle free accounts.
"""

from datetime import datetime

import psycopg

from tasks.raw import SyncSummary
from tasks.settings import TogglAccess
from tasks.toggl.catalogues import CATALOGUES, account_of, load_me, skip_catalogue, sync_catalogue
from tasks.toggl.client import SOURCE, TITLE, NotOfferedError, TogglClient
from tasks.toggl.entries import load_entries, read_entries

__all__ = ["SOURCE", "TITLE", "TogglClient", "sync"]


def sync(
    connection: psycopg.Connection, access: TogglAccess, *, now: datetime, client: TogglClient | None = None
) -> SyncSummary:
    """Bring the copy of one Toggl account up to date as of `now` (aware); gives what it did.

    Every table commits together with its own cursor, so a sync that breaks off has lost nothing and is simply run
    again. Raises CredentialsError, QuotaError, SourceUnavailable, or SourceError for what Toggl's plan withholds.
    """
    with client or TogglClient(access) as toggl:
        # Entries first: what they refer to is then already in the catalogues that are read after them.
        read = read_entries(connection, toggl, access.workspace_id, now)
        account = account_of(toggl.me(), access.workspace_id)
        loaded = load_entries(connection, read, account.workspaces) + load_me(connection, account)
        notes: list[str] = []
        for catalogue in CATALOGUES:
            try:
                loaded += sync_catalogue(connection, toggl, catalogue, account, now)
            except NotOfferedError as error:
                if not catalogue.optional:
                    raise
                skip_catalogue(connection, catalogue, account, now)
                notes.append(error.sentence)
        return SyncSummary(SOURCE, tuple(loaded), toggl.requests, tuple(notes))
