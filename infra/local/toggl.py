"""Toggl Track's API v9 as far as a read-only copy of an account needs it, as strict as the real one."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from starlette.responses import Response
from starlette.routing import Route

from infra.local.credentials import TOGGL_API_TOKEN
from infra.local.toggl_door import Door, TogglSwitches, refuse, refuse_value
from infra.local.toggl_json import (
    client_json,
    entry_json,
    organization_json,
    project_json,
    simple_user_json,
    tag_json,
    user_json,
    workspace_json,
)
from infra.local.track import Client, Entry, Project, Tag, Track
from infra.local.wire import Ask, Parameters, iso_date, json_response, rfc3339

MOST_ENTRIES = 1000
REACH = timedelta(days=90)
RECENT = timedelta(days=9)
_MOST_PROJECTS = 200
_NO_LIMIT = 10**18

Record = TypeVar("Record", Client, Project, Tag)


class TrackApi:
    """The routes under `/api/v9`."""

    def __init__(self, track: Track, switches: TogglSwitches, door: Door) -> None:
        self._track = track
        self._switches = switches
        self._door = door

    def routes(self) -> list[Route]:
        """Every route, guarded."""
        guard = self._door.guard
        endpoints = {
            "/me": guard(self._me),
            "/me/quota": guard(self._quota, counted=False),
            "/me/logged": guard(lambda _ask: Response(status_code=200)),
            "/me/workspaces": guard(self._workspaces),
            "/me/organizations": guard(self._organizations),
            "/me/time_entries": guard(self._time_entries, feature="time_entries"),
            "/me/time_entries/current": guard(self._current_entry, feature="time_entries"),
            "/me/time_entries/{entry_id:int}": guard(self._time_entry, feature="time_entries"),
            "/workspaces": guard(self._workspaces),
            "/workspaces/{workspace_id}": guard(self._workspace),
            "/workspaces/{workspace_id}/projects": guard(self._projects),
            "/workspaces/{workspace_id}/clients": guard(self._clients),
            "/workspaces/{workspace_id}/tags": guard(self._tags),
            "/workspaces/{workspace_id}/users": guard(self._users, feature="users"),
            "/workspaces/{workspace_id}/groups": guard(self._groups, feature="groups"),
        }
        return [Route(f"/api/v9{path}", endpoint, methods=["GET"]) for path, endpoint in endpoints.items()]

    def _me(self, ask: Ask) -> Response:
        track = self._track
        row = user_json(track.user, TOGGL_API_TOKEN)
        if Parameters(ask.query, refuse_value).boolean("with_related_data", default=False):
            archived = self._switches.related_data_has_archived
            row |= {
                "workspaces": [workspace_json(workspace) for workspace in track.workspaces.values()],
                "clients": [client_json(row, track) for row in _alive(track.clients.values())],
                "projects": [
                    project_json(row, track) for row in _alive(track.projects.values()) if row.active or archived
                ],
                "tags": [tag_json(row, track) for row in _alive(track.tags.values())],
                "tasks": None,
                "time_entries": [entry_json(entry, track) for entry in self._recent_entries()],
            }
        return json_response(row)

    def _quota(self, _ask: Ask) -> Response:
        organizations: list[int | None] = [None, *self._track.organizations]
        buckets = [(owner, self._door.quota(owner)) for owner in organizations]
        return json_response(
            [
                {
                    "organization_id": owner,
                    "remaining": quota.remaining,
                    "resets_in_secs": quota.resets_in,
                    "total": quota.size,
                }
                for owner, quota in buckets
            ]
        )

    def _workspaces(self, ask: Ask) -> Response:
        since = self._since(ask)
        rows = self._track.workspaces.values()
        return _collection(workspace_json(row) for row in rows if since is None or row.at >= since)

    def _organizations(self, _ask: Ask) -> Response:
        return _collection(organization_json(row) for row in self._track.organizations.values())

    def _workspace(self, ask: Ask) -> Response:
        return json_response(workspace_json(self._track.workspaces[self._workspace_id(ask)]))

    def _projects(self, ask: Ask) -> Response:
        workspace_id = self._workspace_id(ask)
        parameters = Parameters(ask.query, refuse_value)
        active = parameters.choice("active", "both", ("true", "false", "both"))
        page = parameters.integer("page", 1, 1, _NO_LIMIT)
        if parameters.integer("per_page", 151, 1, _NO_LIMIT) > _MOST_PROJECTS:
            refuse(400, f"per_page cannot exceed {_MOST_PROJECTS}")
        per_page = parameters.integer("per_page", 151, 1, _MOST_PROJECTS)
        order = parameters.choice("sort_field", "name", ("name", "created_at"))
        rows = [
            row
            for row in _changed(self._track.projects.values(), self._since(ask))
            if row.workspace_id == workspace_id and active in ("both", str(row.active).lower())
        ]
        rows.sort(key=lambda row: (row.name if order == "name" else row.created_at.isoformat(), row.id))
        shown = rows[(page - 1) * per_page : page * per_page]
        return _collection(project_json(row, self._track) for row in shown)

    def _clients(self, ask: Ask) -> Response:
        workspace_id = self._workspace_id(ask)
        status = Parameters(ask.query, refuse_value).choice("status", "active", ("active", "archived", "both"))
        name = ask.query.get("name", "").lower()
        return _collection(
            client_json(row, self._track)
            for row in _changed(self._track.clients.values(), self._since(ask))
            if row.workspace_id == workspace_id
            and status in ("both", "archived" if row.archived else "active")
            and name in row.name.lower()
        )

    def _tags(self, ask: Ask) -> Response:
        workspace_id = self._workspace_id(ask)
        parameters = Parameters(ask.query, refuse_value)
        page = parameters.integer("page", 1, 1, _NO_LIMIT)
        per_page = parameters.integer("per_page", _NO_LIMIT, 1, _NO_LIMIT)
        rows = [
            row for row in _changed(self._track.tags.values(), self._since(ask)) if row.workspace_id == workspace_id
        ]
        return _collection(tag_json(row, self._track) for row in rows[(page - 1) * per_page : page * per_page])

    def _users(self, ask: Ask) -> Response:
        self._workspace_id(ask)
        return _collection([simple_user_json(self._track.user)])

    def _groups(self, ask: Ask) -> Response:
        self._workspace_id(ask)
        return _collection([])

    def _current_entry(self, _ask: Ask) -> Response:
        running = self._track.running_entry()
        return json_response(None if running is None else entry_json(running, self._track))

    def _time_entry(self, ask: Ask) -> Response:
        entry = self._track.entries.get(int(ask.path["entry_id"]))
        if entry is None or entry.deleted_at is not None:
            refuse(404, "Time entry not found")
        meta = Parameters(ask.query, refuse_value).boolean("meta", default=False)
        return json_response(entry_json(entry, self._track, meta=meta))

    def _time_entries(self, ask: Ask) -> Response:
        parameters = Parameters(ask.query, refuse_value)
        meta = parameters.boolean("meta", default=False)
        parameters.boolean("include_sharing", default=False)
        entries = self._asked_entries(ask)[:MOST_ENTRIES]
        return json_response([entry_json(entry, self._track, meta=meta) for entry in entries])

    def _asked_entries(self, ask: Ask) -> list[Entry]:
        given = {name for name in ("since", "before", "start_date", "end_date") if name in ask.query}
        if {"since", "before"} <= given:
            refuse(400, "'since' and 'before' can not be present simultaneously")
        if len({"since", "before"} & given) + bool({"start_date", "end_date"} & given) > 1:
            refuse(400, "'since', 'before' and 'start_date' with 'end_date' can not be combined")
        live = self._track.live_entries()
        if "since" in given:
            return self._changed_entries(ask)
        if "before" in given:
            before = _moment(ask, "before")
            earliest = self._track.clock() - REACH
            return [entry for entry in live if earliest <= entry.start < before]
        if given == {"start_date", "end_date"}:
            start, end = self._window(ask)
            return [entry for entry in live if start <= entry.start < end]
        if given:
            refuse(400, "'start_date' and 'end_date' must be used together")
        return self._recent_entries()

    def _window(self, ask: Ask) -> tuple[datetime, datetime]:
        start, end = _moment(ask, "start_date"), _moment(ask, "end_date")
        first_day = (self._track.clock() - REACH).date()
        if start < datetime.combine(first_day, time(), UTC):
            refuse(400, f"start_date must not be earlier than {first_day}")
        if end < start:
            refuse(400, "end_date must not be earlier than start_date")
        return start, end

    def _changed_entries(self, ask: Ask) -> list[Entry]:
        since = self._since(ask)
        if since is None or since < self._track.clock() - REACH:
            refuse(400, "since must not lie more than 3 months in the past")
        changed = [entry for entry in self._track.entries.values() if entry.at >= since]
        return sorted(changed, key=lambda entry: (entry.start, entry.id), reverse=True)

    def _recent_entries(self) -> list[Entry]:
        earliest = self._track.clock() - RECENT
        return [entry for entry in self._track.live_entries() if entry.start >= earliest]

    def _since(self, ask: Ask) -> datetime | None:
        if "since" not in ask.query:
            return None
        latest = int(datetime.max.replace(tzinfo=UTC).timestamp())
        return datetime.fromtimestamp(Parameters(ask.query, refuse_value).integer("since", 0, 0, latest), UTC)

    def _workspace_id(self, ask: Ask) -> int:
        text = ask.path["workspace_id"]
        if not text.isdecimal():
            refuse(400, "Invalid workspace id")
        if int(text) not in self._track.workspaces:
            refuse(403, "User does not have access to this resource.")
        return int(text)


def _moment(ask: Ask, name: str) -> datetime:
    text = ask.query[name]
    day = iso_date(text)
    moment = rfc3339(text) if day is None else datetime.combine(day, time(), UTC)
    if moment is None:
        refuse(400, f"{name} is neither a date nor an RFC 3339 time: '{text}'")
    return moment


def _alive(rows: Iterable[Record]) -> list[Record]:
    return [row for row in rows if row.deleted_at is None]


def _changed(rows: Iterable[Record], since: datetime | None) -> list[Record]:
    if since is None:
        return _alive(rows)
    return [row for row in rows if row.at >= since]


def _collection(rows: Iterable[object]) -> Response:
    """A list, or `null` in place of an empty one, as the real service answers for catalogues."""
    return json_response(list(rows) or None)
