"""A Toggl account that tests sync: access to the stand-in, what it holds, and syncs by its clock with its quota."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from pydantic import SecretStr

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.server import StandIn
from infra.local.track import Entry, Track
from tasks import toggl
from tasks.errors import QuotaError
from tasks.quota import QuotaLedger
from tasks.raw import SyncSummary
from tasks.settings import TogglAccess
from tasks.toggl import HistoryAsked, HistoryProgress, TogglClient
from tests.tasks.conftest import live_rows

ENTRIES = "toggl_track__time_entries"
REPORT = "toggl_track__time_entries_report"
RESERVE = 10


def access_to(stand_in: StandIn) -> TogglAccess:
    """What the settings of a user would say whose account is at the stand-in."""
    token = SecretStr(credentials.TOGGL_API_TOKEN)
    return TogglAccess(token, None, stand_in.toggl_url, stand_in.toggl_reports_url, RESERVE)


def finished(track: Track) -> list[Entry]:
    """Live entries that do not run, newest first."""
    return [entry for entry in track.live_entries() if entry.stop is not None]


@dataclass
class Account:
    """One account and the database that mirrors it; all waiting is done by the stand-in's clock."""

    stand_in: StandIn
    clock: ManualClock
    connection: psycopg.Connection
    waits: int = 0

    @property
    def track(self) -> Track:
        """The account as its owner sees it."""
        return self.stand_in.world.track

    def client(self, reserve: int = 0) -> TogglClient:
        """A client whose requests are booked, and that sleeps by the clock."""
        ledger = QuotaLedger(self.connection, "toggl", "Toggl Track", reserve, self.clock)
        return TogglClient(access_to(self.stand_in), ledger=ledger, sleep=lambda s: self.clock.advance(seconds=s))

    def sync(self) -> SyncSummary:
        """One ordinary sync."""
        return toggl.sync(self.connection, access_to(self.stand_in), now=self.clock(), client=self.client())

    def backfill(self, asked: HistoryAsked) -> list[HistoryProgress]:
        """All of the history asked for, with as many waits for the quota as it takes."""
        return self.patiently(
            lambda: toggl.backfill(
                self.connection,
                access_to(self.stand_in),
                asked,
                now=self.clock(),
                client=self.client(RESERVE),
            )
        )

    def reconcile(self) -> list[HistoryProgress]:
        """A whole comparison, with as many waits for the quota as it takes."""
        return self.patiently(
            lambda: toggl.reconcile(
                self.connection, access_to(self.stand_in), now=self.clock(), client=self.client(RESERVE)
            )
        )

    def patiently(self, work: Callable[[], Iterable[HistoryProgress]]) -> list[HistoryProgress]:
        """What the work gives, begun again after each wait for the quota."""
        given: list[HistoryProgress] = []
        while True:
            try:
                given += work()
            except QuotaError as error:
                self.waits += 1
                self.clock.advance(seconds=(error.resets_at - self.clock()).total_seconds())
            else:
                return given

    def mirrored(self) -> set[int]:
        """The ids of the entries that the mirror takes for living, from either API."""
        return {int(key) for table in (ENTRIES, REPORT) for key in live_rows(self.connection, table)}

    def alive(self) -> set[int]:
        """The ids of the entries that live."""
        return {entry.id for entry in self.track.live_entries()}

    def days_ago(self, days: float) -> datetime:
        """A moment so many days before the clock's present."""
        return self.clock() - timedelta(days=days)
