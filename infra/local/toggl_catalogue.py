"""Toggl Track's listings of master data: projects, clients, tags, tasks and users, of the account or a workspace."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from starlette.responses import Response

from infra.local.toggl_door import refuse, refuse_value
from infra.local.toggl_json import client_json, project_json, simple_user_json, tag_json
from infra.local.toggl_query import NO_LIMIT, read_since, read_workspace_id
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Client, Project, Tag, Track
from infra.local.wire import Ask, JsonObject, Parameters, json_response

_MOST_PROJECTS = 200
_PROJECTS_FROM_ID = 201

Record = TypeVar("Record", Client, Project, Tag)
Rows = list[JsonObject] | None


class Catalogue:
    """The handlers of the listings, and the same rows for `/me?with_related_data`."""

    def __init__(self, track: Track, switches: TogglSwitches) -> None:
        self._track = track
        self._switches = switches

    def related(self) -> dict[str, Rows]:
        """What is not deleted of the whole account."""
        track, archived = self._track, self._switches.related_data_has_archived
        projects = [row for row in _alive(track.projects.values()) if row.active or archived]
        return {
            "clients": [client_json(row, track) for row in _alive(track.clients.values())],
            "projects": [project_json(row, track) for row in projects],
            "tags": [tag_json(row, track) for row in _alive(track.tags.values())],
            "tasks": [],
        }

    def answer(self, name: str, rows: Iterable[JsonObject]) -> Response:
        """A list, or `null` in place of an empty one, as the real service answers for master data."""
        return json_response(None if name in self._switches.null_collections else list(rows) or None)

    def my_projects(self, ask: Ask) -> Response:
        """`GET /me/projects`: of every workspace, at once."""
        archived = Parameters(ask.query, refuse_value).boolean("include_archived", default=False)
        rows = _changed(self._track.projects.values(), read_since(ask))
        return self.answer("projects", (project_json(row, self._track) for row in rows if row.active or archived))

    def my_projects_from(self, ask: Ask) -> Response:
        """`GET /me/projects/paginated`: in the order of their ids, from `start_project_id` on."""
        parameters = Parameters(ask.query, refuse_value)
        first = parameters.integer("start_project_id", 0, 0, NO_LIMIT)
        per_page = parameters.integer("per_page", _PROJECTS_FROM_ID, 1, _PROJECTS_FROM_ID)
        rows = sorted(_changed(self._track.projects.values(), read_since(ask)), key=lambda row: row.id)
        shown = [row for row in rows if row.id >= first][:per_page]
        return self.answer("projects", (project_json(row, self._track) for row in shown))

    def my_clients(self, ask: Ask) -> Response:
        """`GET /me/clients`."""
        rows = _changed(self._track.clients.values(), read_since(ask))
        return self.answer("clients", (client_json(row, self._track) for row in rows))

    def my_tags(self, ask: Ask) -> Response:
        """`GET /me/tags`."""
        rows = _changed(self._track.tags.values(), read_since(ask))
        return self.answer("tags", (tag_json(row, self._track) for row in rows))

    def my_tasks(self, ask: Ask) -> Response:
        """`GET /me/tasks`: nobody has any here."""
        read_since(ask)
        return self.answer("tasks", [])

    def projects(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/projects`."""
        parameters = Parameters(ask.query, refuse_value)
        active = parameters.choice("active", "both", ("true", "false", "both"))
        if parameters.integer("per_page", 151, 1, NO_LIMIT) > _MOST_PROJECTS:
            refuse(400, f"per_page cannot exceed {_MOST_PROJECTS}")
        per_page = parameters.integer("per_page", 151, 1, _MOST_PROJECTS)
        order = parameters.choice("sort_field", "name", ("name", "created_at"))
        backwards = parameters.choice("sort_order", "ASC", ("ASC", "DESC")) == "DESC"
        name = ask.query.get("name", "").lower()
        keys: dict[str, Callable[[Project], tuple[str, int]]] = {
            "name": lambda row: (row.name, row.id),
            "created_at": lambda row: (row.created_at.isoformat(), row.id),
        }
        rows = [
            row
            for row in self._of_workspace(ask, self._track.projects.values())
            if active in ("both", str(row.active).lower()) and name in row.name.lower()
        ]
        shown = _page(ask, sorted(rows, key=keys[order], reverse=backwards), per_page)
        return self.answer("projects", (project_json(row, self._track) for row in shown))

    def clients(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/clients`: all at once."""
        status = Parameters(ask.query, refuse_value).choice("status", "active", ("active", "archived", "both"))
        name = ask.query.get("name", "").lower()
        rows = [
            row
            for row in self._of_workspace(ask, self._track.clients.values())
            if status in ("both", "archived" if row.archived else "active") and name in row.name.lower()
        ]
        return self.answer("clients", (client_json(row, self._track) for row in rows))

    def tags(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/tags`."""
        per_page = Parameters(ask.query, refuse_value).integer("per_page", NO_LIMIT, 1, NO_LIMIT)
        word = ask.query.get("search", "").lower()
        rows = [row for row in self._of_workspace(ask, self._track.tags.values()) if word in row.name.lower()]
        shown = _page(ask, rows, min(per_page, self._switches.tag_page_cap or NO_LIMIT))
        return self.answer("tags", (tag_json(row, self._track) for row in shown))

    def tasks(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/tasks`: one page, wrapped, without any."""
        read_workspace_id(ask, self._track)
        page = {"page": 1, "per_page": 50, "total_count": 0, "sort_field": "name", "sort_order": "ASC"}
        return json_response({"data": None if "tasks" in self._switches.null_collections else []} | page)

    def users(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/users`."""
        workspace_id = read_workspace_id(ask, self._track)
        colleagues = [row for row in self._track.colleagues.values() if row.workspace_id == workspace_id]
        return self.answer("users", [simple_user_json(self._track.user), *map(simple_user_json, colleagues)])

    def groups(self, ask: Ask) -> Response:
        """`GET /workspaces/{id}/groups`: nobody is in any."""
        read_workspace_id(ask, self._track)
        return self.answer("groups", [])

    def _of_workspace(self, ask: Ask, rows: Iterable[Record]) -> list[Record]:
        workspace_id = read_workspace_id(ask, self._track)
        return [row for row in _changed(rows, read_since(ask)) if row.workspace_id == workspace_id]


def _page(ask: Ask, rows: list[Record], per_page: int) -> list[Record]:
    page = Parameters(ask.query, refuse_value).integer("page", 1, 1, NO_LIMIT)
    return rows[(page - 1) * per_page : page * per_page]


def _alive(rows: Iterable[Record]) -> list[Record]:
    return [row for row in rows if row.deleted_at is None]


def _changed(rows: Iterable[Record], since: datetime | None) -> list[Record]:
    if since is None:
        return _alive(rows)
    return [row for row in rows if row.at >= since]
