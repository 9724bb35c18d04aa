"""Toggl's master data: who the user is, and what projects, clients, tags, users and groups there are.

`/me?with_related_data=true` is asked on every sync. What it shows of projects, clients and tags is compared with what
it showed when the catalogue was last read; only when that differs, and once a week because it need not name all of
them, the catalogue itself is read. Users and groups are read once a week.

A record that a catalogue lacks gets its tombstone when a second reading lacks it too, and the catalogue was not empty.
Users carry no workspace, so one that has left stays: it cannot be told from one of a workspace that vanished.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import psycopg

from tasks import raw
from tasks.errors import SourceError
from tasks.raw import Batch, JsonObject, JsonValue, Loaded
from tasks.toggl.client import API_VERSION, SOURCE, TogglClient, moment, to_rows, workspace_of

REFRESH_EVERY = timedelta(days=7)
RELATED = ("workspaces", "clients", "projects", "tags", "tasks", "time_entries")


@dataclass(frozen=True)
class Catalogue:
    """One kind of master data: `/me` gives hints on it if `shown_by_me`; plan or role may withhold it if `optional`."""

    name: str
    read: Callable[[TogglClient, int], list[JsonObject]]
    shown_by_me: bool = True
    optional: bool = False

    @property
    def table(self) -> str:
        """The table in schema `raw`."""
        return f"toggl_track__{self.name}"


CATALOGUES = (
    Catalogue("projects", TogglClient.projects),
    Catalogue("clients", TogglClient.clients),
    Catalogue("tags", TogglClient.tags),
    Catalogue("users", TogglClient.users, shown_by_me=False, optional=True),
    Catalogue("groups", TogglClient.groups, shown_by_me=False, optional=True),
)


@dataclass(frozen=True)
class Account:
    """What `/me` said, and the ids of the workspaces that are to be read."""

    me: JsonObject
    chosen: Sequence[int]

    @property
    def workspaces(self) -> dict[int, JsonObject]:
        """All the user's workspaces by id, chosen or not."""
        return {row["id"]: row for row in self.related("workspaces") if isinstance(row["id"], int)}

    @property
    def user_id(self) -> int:
        """The user's id."""
        user_id = self.me["id"]
        if not isinstance(user_id, int):
            raise SourceError(SOURCE, "Toggl Track did not say whose account this is (GET /me).")
        return user_id

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the user's Toggl profile, in which reports have their days."""
        name = self.me.get("timezone")
        return ZoneInfo(name if isinstance(name, str) and name in available_timezones() else "UTC")

    def related(self, name: str) -> list[JsonObject]:
        """What `/me` shows of a kind of record; Toggl writes null for none."""
        rows = self.me.get(name)
        return [row for row in rows if isinstance(row, dict) and "id" in row] if isinstance(rows, list) else []


def account_of(me: JsonObject, workspace_id: int | None) -> Account:
    """The account with the one workspace asked for chosen, or all; SourceError when that one is not the user's."""
    workspaces = Account(me, ()).workspaces
    if workspace_id is None:
        return Account(me, sorted(workspaces))
    if workspace_id not in workspaces:
        named = ", ".join(f"{key} ({row.get('name')})" for key, row in sorted(workspaces.items())) or "none"
        raise SourceError(
            SOURCE,
            f"Toggl workspace {workspace_id} is not among yours: {named}.",
            "Correct TOGGL_WORKSPACE_ID, or unset it to read every workspace.",
        )
    return Account(me, [workspace_id])


def load_me(connection: psycopg.Connection, account: Account) -> list[Loaded]:
    """Load the user and the workspaces; one that is no longer named stays as it was."""
    user = {key: value for key, value in account.me.items() if key not in RELATED}
    batches = [
        Batch("toggl_track__me", to_rows([user]), api_version=API_VERSION),
        Batch("toggl_track__workspaces", to_rows(account.workspaces.values()), api_version=API_VERSION),
    ]
    return raw.load(connection, SOURCE, "me", batches, None)


def sync_catalogue(
    connection: psycopg.Connection, client: TogglClient, catalogue: Catalogue, account: Account, now: datetime
) -> list[Loaded]:
    """Read and load one catalogue of the chosen workspaces if it may have changed, or was last read a week ago."""
    shown = _fingerprint(connection, account, catalogue)
    if _is_fresh(raw.read_cursor(connection, SOURCE, catalogue.name), shown, now):
        return []
    read = {workspace_id: catalogue.read(client, workspace_id) for workspace_id in account.chosen}
    if _missing(connection, catalogue, read):
        read = {workspace_id: records + catalogue.read(client, workspace_id) for workspace_id, records in read.items()}
    records = [record for rows in read.values() for record in rows]
    gone = {str(record["id"]) for record in records if record.get("server_deleted_at") or record.get("deleted_at")}
    live = to_rows(record for record in records if str(record["id"]) not in gone)
    gone |= _missing(connection, catalogue, read)
    batch = Batch(catalogue.table, live, gone, API_VERSION)
    return raw.load(connection, SOURCE, catalogue.name, [batch], {"shown": shown, "read_at": now.isoformat()})


def skip_catalogue(connection: psycopg.Connection, catalogue: Catalogue, account: Account, now: datetime) -> None:
    """Remember that Toggl does not offer this catalogue, so that it is asked for again in a week only."""
    cursor: JsonObject = {"shown": _fingerprint(connection, account, catalogue), "read_at": now.isoformat()}
    raw.load(connection, SOURCE, catalogue.name, [], cursor)


def _missing(
    connection: psycopg.Connection, catalogue: Catalogue, read: Mapping[int, Sequence[JsonObject]]
) -> set[str]:
    answered = [workspace_id for workspace_id, records in read.items() if records]
    stored = raw.stored_ids(
        connection,
        catalogue.table,
        "coalesce(data->>'workspace_id', data->>'wid')::bigint = any(%(workspaces)s)",
        {"workspaces": answered},
    )
    return stored - {str(record["id"]) for records in read.values() for record in records}


def _is_fresh(cursor: JsonValue, shown: str, now: datetime) -> bool:
    if not isinstance(cursor, dict) or cursor.get("shown") != shown:
        return False
    read_at = moment(cursor.get("read_at"))
    return read_at is not None and now - read_at < REFRESH_EVERY


def _fingerprint(connection: psycopg.Connection, account: Account, catalogue: Catalogue) -> str:
    """What `/me` shows of a catalogue in the chosen workspaces, in a few letters."""
    volatile = raw.volatile_keys(connection, catalogue.table)
    records = account.related(catalogue.name) if catalogue.shown_by_me else []
    shown = [
        {key: value for key, value in record.items() if key not in volatile}
        for record in sorted(records, key=lambda record: str(record["id"]))
        if workspace_of(record) in account.chosen
    ]
    text = json.dumps([list(account.chosen), shown], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
