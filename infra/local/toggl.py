"""Toggl Track's API v9 as far as a read-only copy of an account needs it, as strict as the real one."""

from starlette.responses import Response
from starlette.routing import Route

from infra.local.credentials import TOGGL_API_TOKEN
from infra.local.toggl_catalogue import Catalogue
from infra.local.toggl_door import Door, refuse_value
from infra.local.toggl_entries import EntriesApi
from infra.local.toggl_json import organization_json, user_json, workspace_json
from infra.local.toggl_query import read_since, read_workspace_id
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Track
from infra.local.wire import Ask, Parameters, json_response


class TrackApi:
    """The routes under `/api/v9`."""

    def __init__(self, track: Track, switches: TogglSwitches, door: Door) -> None:
        self._track = track
        self._switches = switches
        self._door = door
        self._entries = EntriesApi(track, switches)
        self._catalogue = Catalogue(track, switches)

    def routes(self) -> list[Route]:
        """Every route, guarded."""
        guard, entries, catalogue = self._door.guard, self._entries, self._catalogue
        endpoints = {
            "/me": guard(self._me),
            "/me/quota": guard(self._quota, counted=False),
            "/me/logged": guard(lambda _ask: Response(status_code=200)),
            "/me/workspaces": guard(self._workspaces),
            "/me/organizations": guard(self._organizations),
            "/me/projects": guard(catalogue.my_projects),
            "/me/projects/paginated": guard(catalogue.my_projects_from),
            "/me/clients": guard(catalogue.my_clients),
            "/me/tags": guard(catalogue.my_tags),
            "/me/tasks": guard(catalogue.my_tasks),
            "/me/time_entries": guard(entries.list_entries, feature="time_entries"),
            "/me/time_entries/current": guard(entries.current_entry, feature="time_entries"),
            "/me/time_entries/{entry_id:int}": guard(entries.single_entry, feature="time_entries"),
            "/workspaces": guard(self._workspaces),
            "/workspaces/{workspace_id}": guard(self._workspace),
            "/workspaces/{workspace_id}/projects": guard(catalogue.projects),
            "/workspaces/{workspace_id}/clients": guard(catalogue.clients),
            "/workspaces/{workspace_id}/tags": guard(catalogue.tags),
            "/workspaces/{workspace_id}/tasks": guard(catalogue.tasks, feature="tasks"),
            "/workspaces/{workspace_id}/users": guard(catalogue.users, feature="users"),
            "/workspaces/{workspace_id}/groups": guard(catalogue.groups, feature="groups"),
        }
        return [Route(f"/api/v9{path}", endpoint, methods=["GET"]) for path, endpoint in endpoints.items()]

    def _me(self, ask: Ask) -> Response:
        row = user_json(self._track.user, TOGGL_API_TOKEN)
        if Parameters(ask.query, refuse_value).boolean("with_related_data", default=False):
            row |= {"workspaces": [workspace_json(workspace) for workspace in self._track.workspaces.values()]}
            row |= self._catalogue.related()
            row |= {"time_entries": [self._entries.row(entry) for entry in self._entries.recent()]}
            row |= dict.fromkeys(self._switches.null_collections & set(row))
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
        since = read_since(ask)
        rows = [row for row in self._track.workspaces.values() if since is None or row.at >= since]
        return self._catalogue.answer("workspaces", (workspace_json(row) for row in rows))

    def _organizations(self, _ask: Ask) -> Response:
        organizations = self._track.organizations.values()
        return self._catalogue.answer("organizations", (organization_json(row) for row in organizations))

    def _workspace(self, ask: Ask) -> Response:
        return json_response(workspace_json(self._track.workspaces[read_workspace_id(ask, self._track)]))
