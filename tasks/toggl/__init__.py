"""Toggl Track: reads an account through its APIs and keeps `raw.toggl_track__*` equal to it.

    with TogglClient(access) as client:
        client.me()                                   # whose account it is
        client.entries_since(an_hour_ago)             # what changed, deletions included

    sync(connection, access, now=now)                 # what changed, in 2 requests when it was little
    backfill(connection, access, asked, now=now)      # older history, from the reports, page by page
    reconcile(connection, access, now=now)            # all of it against the reports: nothing missing or left over

Nothing is ever deleted because of an empty answer, nor because a workspace is no longer there: Toggl removes whole
workspaces of idle free accounts.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from tasks.errors import InputError
from tasks.quota import Allowance, QuotaLedger
from tasks.raw import SyncSummary, only_sync_of
from tasks.settings import TogglAccess
from tasks.source import Source
from tasks.toggl.catalogues import CATALOGUES, Account, account_of, load_me, skip_catalogue, sync_catalogue
from tasks.toggl.client import SOURCE, TITLE, NotOfferedError, TogglClient, moment
from tasks.toggl.entries import load_entries, read_entries, settle_unknown, unknown_noted_at
from tasks.toggl.history import HistoryReader, Step
from tasks.toggl.periods import Period
from tasks.toggl.reports import Scope

__all__ = [
    "SOURCE",
    "TITLE",
    "HistoryAsked",
    "HistoryProgress",
    "TogglClient",
    "backfill",
    "client_for",
    "reconcile",
    "source",
    "sync",
    "unknown_noted_at",
]

_HISTORY = "history of Toggl Track"


@dataclass(frozen=True)
class HistoryAsked:
    """Which local days of the Toggl profile are to be read; by None from the account's first day, up to today."""

    first: date | None = None
    last: date | None = None
    oldest_first: bool = False


@dataclass(frozen=True)
class HistoryProgress:
    """Where reading history stands: workspace `number` of `workspaces` (from 1), the days in it, and the allowance."""

    number: int
    workspaces: int
    step: Step
    allowance: Allowance | None

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return (self.number - 1 + self.step.done_days / self.step.days) / self.workspaces


def client_for(connection: psycopg.Connection, access: TogglAccess, *, reserve: int = 0) -> TogglClient:
    """A client whose requests are booked in the ledger of this database, where `reserve` of each hour are left."""
    return TogglClient(access, ledger=QuotaLedger(connection, SOURCE, TITLE, reserve))


def sync(
    connection: psycopg.Connection, access: TogglAccess, *, now: datetime, client: TogglClient | None = None
) -> SyncSummary:
    """Bring the copy of one Toggl account up to date as of `now` (aware); gives what it did.

    Every table commits together with its own cursor, so a sync that breaks off has lost nothing and is simply run
    again. Raises CredentialsError, QuotaError, SourceUnavailable, or SourceError for what Toggl's plan withholds.
    """
    with client or client_for(connection, access) as toggl:
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


source = Source.of(
    SOURCE,
    TITLE,
    lambda settings: settings.toggl,
    lambda connection, access, now: sync(connection, access, now=now),
    "Set TOGGL_API_TOKEN to the token at the foot of https://track.toggl.com/profile.",
)


def backfill(
    connection: psycopg.Connection,
    access: TogglAccess,
    asked: HistoryAsked,
    *,
    now: datetime,
    client: TogglClient | None = None,
) -> Iterator[HistoryProgress]:
    """Read and load older history; gives where it stands after each page, which is committed with its cursor.

    Begun again it goes on where it was. Raises what `sync` raises, InputError for days that make no sense, and
    BusyError when another run reads history. QuotaError is the ordinary end of an hour's work.
    """

    def read(reader: HistoryReader, account: Account) -> Iterator[Step]:
        first = asked.first or (moment(account.me.get("created_at")) or now).astimezone(account.zone).date()
        # A day that is still to come is not known for good, whoever asks for it.
        today = now.astimezone(account.zone).date()
        last = min(asked.last or today, today)
        if last < first:
            raise InputError(f"{last} lies before {first}.", "Choose a --to that is not earlier than --from.")
        return reader.read(Period(first=first, last=last), oldest_first=asked.oldest_first)

    return _work(connection, access, read, now=now, client=client)


def reconcile(
    connection: psycopg.Connection, access: TogglAccess, *, now: datetime, client: TogglClient | None = None
) -> Iterator[HistoryProgress]:
    """Compare all that is stored with Toggl's reports, and put it right; gives where it stands after each step.

    Begun again within two days it goes on where it was. Raises what `backfill` raises.
    """
    noted_at = unknown_noted_at(connection)
    yield from _work(connection, access, lambda reader, _account: reader.reconcile(noted_at), now=now, client=client)
    if noted_at is not None:
        with only_sync_of(connection, SOURCE):
            settle_unknown(connection, noted_at)


def _work(
    connection: psycopg.Connection,
    access: TogglAccess,
    read: Callable[[HistoryReader, Account], Iterator[Step]],
    *,
    now: datetime,
    client: TogglClient | None,
) -> Iterator[HistoryProgress]:
    """Read the history of every chosen workspace, one after the other."""
    with ExitStack() as stack:
        stack.enter_context(only_sync_of(connection, _HISTORY, waits=False))
        toggl = stack.enter_context(client or client_for(connection, access, reserve=access.quota_reserve))
        account = account_of(toggl.me(), access.workspace_id)
        for number, workspace_id in enumerate(account.chosen, 1):
            scope = Scope(workspace_id, account.user_id)
            for step in read(HistoryReader(connection, toggl, scope, account.zone, now=now), account):
                yield HistoryProgress(number, len(account.chosen), step, toggl.allowance(workspace_id))
