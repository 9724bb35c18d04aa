"""Whatever happens to a Toggl account, in whatever order and with whatever interruptions, its mirror ends up equal."""

from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import TypeVar

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from infra.local.clock import ManualClock
from infra.local.faults import Fault, FaultKind
from infra.local.life import live
from infra.local.server import StandIn
from infra.local.toggl_json import client_json, project_json, tag_json
from infra.local.track import Client, Entry, Project, Tag, Track
from tasks import toggl
from tasks.errors import LifetracerError, QuotaError
from tasks.quota import QuotaLedger
from tasks.toggl import HistoryAsked, TogglClient
from tests.conftest import new_database
from tests.tasks.conftest import NOW, TOKYO, broken_histories, live_rows
from tests.tasks.machine import run_machine
from tests.tasks.toggl_account import ENTRIES, REPORT, Account, access_to

# A sync without news costs two requests; one with news of every kind reads six windows, and catalogues twice over.
MOST_REQUESTS = 40
MOVES_BY_ITSELF = ("actual_seconds", "actual_hours", "at")

choices = st.integers(0, 10_000)
days_back = st.sampled_from([-1, 0, 1, 3, 30, 85, 95, 200])
lengths = st.integers(1, 90_000)
# Of what jsonb cannot hold tests/tasks/test_raw.py tells.
labels = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)

Record = TypeVar("Record", Project, Client, Tag)


class KilledError(Exception):
    """The process that synced is no more."""


class DoomedLedger(QuotaLedger):
    """A ledger whose process dies before one of its requests."""

    requests_left = 0

    def admit(self, bucket: str) -> None:
        """Let a request go out, unless the end has come."""
        if self.requests_left == 0:
            raise KilledError
        self.requests_left -= 1
        super().admit(bucket)


class TogglMirror(RuleBasedStateMachine):
    """An account that changes at random, and a mirror that is synced now and then."""

    def __init__(self, postgres_url: str, template: str) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = ManualClock(NOW)
        stand_in = self.stack.enter_context(StandIn(live(7, self.clock, TOKYO, days=3)))
        stand_in.toggl.quota_size = 500
        url = self.stack.enter_context(new_database(postgres_url, template))
        connection = self.stack.enter_context(psycopg.connect(url, options="-c timezone=UTC"))
        self.account = Account(stand_in, self.clock, connection)
        self.other = self.track.add_workspace("Other", self.track.add_organization("Elsewhere").id).id
        self.lost_entries: set[int] = set()
        self.account.sync()
        self.account.backfill(HistoryAsked(first=date(2025, 6, 1)))

    @property
    def track(self) -> Track:
        """The account as its owner sees it."""
        return self.account.track

    @property
    def workspaces(self) -> list[int]:
        """The workspaces that exist, the first of them for good."""
        return list(self.track.workspaces)

    def entry(self, choice: int, *, deleted: bool = False) -> Entry | None:
        """One of the entries that are, or are not, deleted."""
        entries = [entry for entry in self.track.entries.values() if (entry.deleted_at is not None) == deleted]
        return entries[choice % len(entries)] if entries else None

    def moment(self, days: float) -> datetime:
        """A whole second, so many days ago."""
        return self.account.days_ago(days).replace(microsecond=0)

    @rule(days=days_back, length=lengths, workspace=choices)
    def create(self, days: float, length: int, workspace: int) -> None:
        start = self.moment(days)
        workspace_id = self.workspaces[workspace % len(self.workspaces)]
        self.track.add_entry(start, start + timedelta(seconds=length), workspace_id=workspace_id, description="new")

    @rule()
    def start_timer(self) -> None:
        self.track.add_entry(self.clock().replace(microsecond=0), None)

    @rule(choice=choices, days=days_back, length=lengths)
    def retime(self, choice: int, days: float, length: int) -> None:
        if (entry := self.entry(choice)) is not None:
            start = self.moment(days)
            self.track.edit_entry(entry.id, start=start, stop=start + timedelta(seconds=length))

    @rule(choice=choices, text=labels)
    def relabel(self, choice: int, text: str) -> None:
        if (entry := self.entry(choice)) is not None:
            self.track.edit_entry(entry.id, description=text)

    @rule(choice=choices, workspace=choices)
    def move(self, choice: int, workspace: int) -> None:
        if (entry := self.entry(choice)) is not None:
            self.track.edit_entry(entry.id, workspace_id=self.workspaces[workspace % len(self.workspaces)])

    @rule(first=choices, count=st.integers(1, 40))
    def delete(self, first: int, count: int) -> None:
        for choice in range(first, first + count):
            if (entry := self.entry(choice)) is not None:
                self.track.delete_entry(entry.id)

    @rule(choice=choices)
    def restore(self, choice: int) -> None:
        entry = self.entry(choice, deleted=True)
        if entry is not None and entry.workspace_id in self.workspaces:
            self.track.restore_entry(entry.id)

    @rule(choice=choices, what=st.sampled_from(["rename", "archive", "delete", "assign"]))
    def change_project(self, choice: int, what: str) -> None:
        project = list(self.track.projects.values())[choice % len(self.track.projects)]
        match what:
            case "rename":
                self.track.edit_project(project.id, name=f"renamed {choice}")
            case "archive":
                self.track.edit_project(project.id, active=not project.active)
            case "delete":
                self.track.delete_project(project.id)
            case "assign":
                client = self.track.add_client(f"client {choice}", project.workspace_id)
                self.track.edit_project(project.id, client_id=client.id)

    @rule(choice=choices, what=st.sampled_from(["project", "tag", "archived client", "deleted client", "deleted tag"]))
    def change_catalogue(self, choice: int, what: str) -> None:
        workspace_id = self.workspaces[choice % len(self.workspaces)]
        match what:
            case "project":
                self.track.add_project(f"project {choice}", workspace_id=workspace_id)
            case "tag":
                self.track.add_tag(f"tag {choice}", workspace_id)
            case "archived client":
                self.track.edit_client(self.track.add_client(f"client {choice}", workspace_id).id, archived=True)
            case "deleted client":
                self.track.delete_client(list(self.track.clients)[choice % len(self.track.clients)])
            case "deleted tag":
                self.track.delete_tag(list(self.track.tags)[choice % len(self.track.tags)])

    @precondition(lambda self: self.other in self.track.workspaces)
    @rule()
    def lose_workspace(self) -> None:
        """Toggl removes workspaces of idle free accounts: what was mirrored of it stays."""
        self.settle()
        self.lost_entries |= {entry.id for entry in self.track.entries.values() if entry.workspace_id == self.other}
        self.track.remove_workspace(self.other)

    @rule(hours=st.sampled_from([0.1, 2, 30, 24 * 8, 24 * 100]))
    def pass_time(self, hours: float) -> None:
        self.clock.advance(hours=hours)

    @rule(
        path=st.sampled_from(["/api/v9/me/time_entries", "/api/v9/me", "/api/v9/workspaces", "/reports"]),
        kind=st.sampled_from(["status", "reset", "truncated", "null"]),
        times=st.integers(1, 6),
        after=st.integers(0, 3),
    )
    def misfortune(self, path: str, kind: FaultKind, times: int, after: int) -> None:
        # Toggl writes an empty list as null: twice in a row that cannot be told from an empty account.
        times = 1 if kind == "null" else times
        self.account.stand_in.faults.add(Fault(path, kind, times=times, after=after, status=503))

    @rule(requests=st.integers(0, 12))
    def sync_and_die(self, requests: int) -> None:
        ledger = DoomedLedger(self.account.connection, toggl.SOURCE, toggl.TITLE, clock=self.clock)
        ledger.requests_left = requests
        access = access_to(self.account.stand_in)
        client = TogglClient(access, ledger=ledger, sleep=lambda seconds: self.clock.advance(seconds=seconds))
        try:
            toggl.sync(self.account.connection, access, now=self.clock(), client=client)
        except (KilledError, LifetracerError):
            return

    @rule()
    def sync(self) -> None:
        try:
            assert self.account.sync().requests <= MOST_REQUESTS
        except QuotaError as error:
            self.clock.advance(seconds=(error.resets_at - self.clock()).total_seconds())
        except LifetracerError:
            return

    @rule()
    def reconcile(self) -> None:
        try:
            self.account.reconcile()
        except LifetracerError:
            return

    def settle(self) -> None:
        """Let the service be well again, sync, and compare the history if the sync asks for it."""
        self.account.stand_in.faults.clear()
        self.account.patiently(self._sync_quietly)
        if toggl.unknown_noted_at(self.account.connection) is not None:
            self.account.reconcile()

    def _sync_quietly(self) -> list[toggl.HistoryProgress]:
        self.account.sync()
        return []

    def compare(self) -> None:
        """The mirror holds what the account holds, row by row."""
        assert self.account.mirrored() - self.lost_entries == self.account.alive()
        stored = newest_rows(self.account.connection)
        for entry in self.track.live_entries():
            assert stored[entry.id] == (
                entry.start,
                entry.stop,
                entry.project_id,
                entry.description or "",
                entry.workspace_id,
            )
        for table, rows in (
            ("projects", {row.id: project_json(row, self.track) for row in alive(self.track.projects)}),
            ("clients", {row.id: client_json(row, self.track) for row in alive(self.track.clients)}),
            ("tags", {row.id: tag_json(row, self.track) for row in alive(self.track.tags)}),
        ):
            mirrored = live_rows(self.account.connection, f"toggl_track__{table}")
            kept = {int(key): stable(row) for key, row in mirrored.items() if workspace_of(row) in self.workspaces}
            assert kept == {key: stable(row) for key, row in rows.items()}
        assert broken_histories(self.account.connection) == []

    def teardown(self) -> None:
        try:
            self.settle()
            # Within an hour of a change the reports' silence proves nothing.
            self.clock.advance(hours=2)
            self.settle()
            self.compare()
            assert self.account.sync().requests == 2
            assert set(self.account.stand_in.statuses) <= {200, 400, 402, 404, 503}
        finally:
            self.stack.close()


def alive(rows: dict[int, Record]) -> list[Record]:
    return [row for row in rows.values() if row.deleted_at is None]


def stable(row: dict[str, object]) -> dict[str, object]:
    """A record without what moves by itself."""
    return {key: value for key, value in row.items() if key not in MOVES_BY_ITSELF}


def workspace_of(row: dict[str, object]) -> object:
    return row.get("workspace_id", row.get("wid"))


def newest_rows(connection: psycopg.Connection) -> dict[int, tuple[object, ...]]:
    """What the newer row of each entry says: start, stop, project, description, workspace."""
    found: dict[int, tuple[str, tuple[object, ...]]] = {}
    # Where both are of the same second the Track API's counts, so it comes last.
    for table in (REPORT, ENTRIES):
        for key, row in live_rows(connection, table).items():
            stop = row["stop"]
            said = (
                datetime.fromisoformat(str(row["start"])),
                datetime.fromisoformat(str(stop)) if stop else None,
                row["project_id"],
                row["description"] or "",
                row.get("workspace_id", row.get("_workspace_id")),
            )
            second = str(row["at"])[:19]
            if int(key) not in found or found[int(key)][0] <= second:
                found[int(key)] = (second, said)
    return {key: said for key, (_, said) in found.items()}


@pytest.mark.timeout(1200)
def test_the_mirror_equals_the_account_in_the_end(postgres_url: str, migrated_template: str) -> None:
    run_machine(lambda: TogglMirror(postgres_url, migrated_template), examples=25)
