"""Toggl Track's records as its API v9 writes them."""

from datetime import UTC, datetime

from infra.local.track import Client, Colleague, Entry, Organization, Project, Tag, Track, User, Workspace
from infra.local.wire import JsonObject

_STAMPS = ("start", "stop", "server_deleted_at")


def whole_second(moment: datetime) -> str:
    """A UTC time as the service writes starts, stops and most stamps: `2026-03-02T06:00:00+00:00`."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def fine_stamp(moment: datetime) -> str:
    """A UTC time as the service writes an entry's `at`: a fraction without its trailing zeros, then `Z`."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text.rstrip("0").removesuffix(".") + "Z"


def _or_null(moment: datetime | None) -> str | None:
    return None if moment is None else whole_second(moment)


def entry_json(entry: Entry, track: Track, *, meta: bool = False, z_stamps: bool = False) -> JsonObject:
    """A time entry; a running one counts its duration from the epoch backwards, as the official apps do.

    With `z_stamps` its whole-second stamps end in `Z`, as in the service's answers to writes.
    """
    duration = entry.duration
    if duration is None:
        duration = entry.tracked_seconds if entry.stop else -int(entry.start.timestamp())
    row: JsonObject = {
        "id": entry.id,
        "workspace_id": entry.workspace_id,
        "project_id": entry.project_id,
        "task_id": None,
        "billable": False,
        "start": whole_second(entry.start),
        "stop": _or_null(entry.stop),
        "duration": duration,
        "description": entry.description,
        "tags": [track.tags[tag_id].name for tag_id in entry.tag_ids],
        "tag_ids": list(entry.tag_ids),
        "duronly": True,
        "at": fine_stamp(entry.at),
        "server_deleted_at": _or_null(entry.deleted_at),
        "user_id": track.user.id,
        "uid": track.user.id,
        "wid": entry.workspace_id,
    }
    if z_stamps:
        row |= {name: str(row[name]).replace("+00:00", "Z") for name in _STAMPS if row[name] is not None}
    project = track.projects.get(entry.project_id) if entry.project_id else None
    if project is not None:
        row["pid"] = project.id
    if meta:
        row |= {"user_name": track.user.fullname, "user_avatar_url": ""}
    if meta and project is not None:
        client = track.clients.get(project.client_id) if project.client_id else None
        row |= {"project_name": project.name, "project_color": project.color, "project_active": project.active}
        row |= {"project_billable": False} | ({"client_name": client.name} if client else {})
    return row


def user_json(user: User, api_token: str) -> JsonObject:
    """The account's owner, with the token in clear, as the real service shows it."""
    return {
        "id": user.id,
        "api_token": api_token,
        "email": user.email,
        "fullname": user.fullname,
        "timezone": user.timezone,
        "toggl_accounts_id": "DemoAccountDemoAccount",
        "default_workspace_id": user.default_workspace_id,
        "beginning_of_week": 1,
        "image_url": "https://example.test/avatar.png",
        "created_at": fine_stamp(user.created_at),
        "updated_at": fine_stamp(user.at or user.created_at),
        "openid_email": None,
        "openid_enabled": False,
        "country_id": 108,
        "has_password": True,
        "at": fine_stamp(user.at or user.created_at),
        "intercom_hash": "demo-intercom-hash",
        "oauth_providers": ["google"],
        "authorization_updated_at": fine_stamp(user.created_at),
    }


def simple_user_json(user: User | Colleague) -> JsonObject:
    """The owner or a colleague as one of a workspace's users."""
    is_owner = isinstance(user, User)
    return {
        "id": user.id,
        "fullname": user.fullname,
        "email": user.email,
        "inactive": False,
        "is_active": True,
        "is_admin": is_owner,
        "role": "admin" if is_owner else "user",
    }


def organization_json(organization: Organization) -> JsonObject:
    """An organization on the Free plan."""
    return {
        "id": organization.id,
        "name": organization.name,
        "pricing_plan_id": 0,
        "pricing_plan_name": "Free",
        "pricing_plan_enterprise": False,
        "created_at": fine_stamp(organization.created_at),
        "at": fine_stamp(organization.created_at),
        "server_deleted_at": None,
        "is_multi_workspace_enabled": False,
        "suspended_at": None,
        "user_count": 1,
        "trial_info": {"trial": False, "trial_available": True},
        "is_unified": True,
        "max_workspaces": 20,
        "permissions": None,
        "admin": True,
        "owner": True,
        "max_data_retention_days": None,
    }


def workspace_json(workspace: Workspace) -> JsonObject:
    """A workspace, its two secrets included, as the real service shows them."""
    return {
        "id": workspace.id,
        "organization_id": workspace.organization_id,
        "name": workspace.name,
        "premium": False,
        "business_ws": False,
        "admin": True,
        "role": "admin",
        "suspended_at": None,
        "server_deleted_at": None,
        "default_hourly_rate": None,
        "rate_last_updated": None,
        "default_currency": "JPY",
        "only_admins_may_create_projects": False,
        "only_admins_may_create_tags": False,
        "only_admins_see_billable_rates": False,
        "only_admins_see_team_dashboard": False,
        "projects_billable_by_default": True,
        "projects_private_by_default": True,
        "projects_enforce_billable": False,
        "limit_public_project_data": False,
        "last_modified": whole_second(workspace.at),
        "reports_collapse": True,
        "rounding": 1,
        "rounding_minutes": 0,
        "api_token": "demo-workspace-token",
        "at": whole_second(workspace.at),
        "logo_url": "https://example.test/logo.png",
        "ical_url": "/ical/workspace_user/demo-secret-link",
        "ical_enabled": True,
        "csv_upload": None,
        "subscription": None,
        "hide_start_end_times": False,
        "working_hours_in_minutes": None,
    }


def project_json(project: Project, track: Track) -> JsonObject:
    """A project with the time booked on it so far, finished entries only."""
    seconds = track.entries.seconds_on(project.id) + track.colleague_entries.seconds_on(project.id)
    status = "deleted" if project.deleted_at else "active" if project.active else "archived"
    row: JsonObject = {
        "id": project.id,
        "workspace_id": project.workspace_id,
        "client_id": project.client_id,
        "name": project.name,
        "is_private": True,
        "active": project.active,
        "at": whole_second(project.at),
        "created_at": whole_second(project.created_at),
        "server_deleted_at": _or_null(project.deleted_at),
        "color": project.color,
        "billable": None,
        "template": None,
        "auto_estimates": None,
        "estimated_hours": None,
        "estimated_seconds": None,
        "rate": None,
        "rate_last_updated": None,
        "currency": None,
        "recurring": False,
        "template_id": None,
        "recurring_parameters": None,
        "fixed_fee": None,
        "actual_hours": seconds // 3600,
        "actual_seconds": seconds,
        "can_track_time": project.active,
        "start_date": project.created_at.date().isoformat(),
        "status": status,
        "wid": project.workspace_id,
        "is_shared": False,
        "pinned": False,
        "permissions": None,
    }
    return row if project.client_id is None else row | {"cid": project.client_id}


def client_json(client: Client, track: Track) -> JsonObject:
    """A client, which names its workspace only as `wid`."""
    row: JsonObject = {
        "id": client.id,
        "wid": client.workspace_id,
        "archived": client.archived,
        "name": client.name,
        "at": whole_second(client.at),
        "creator_id": track.user.id,
    }
    return row if client.deleted_at is None else row | {"server_deleted_at": whole_second(client.deleted_at)}


def tag_json(tag: Tag, track: Track) -> JsonObject:
    """A tag, with its deletion stamp when it has one."""
    row: JsonObject = {
        "id": tag.id,
        "workspace_id": tag.workspace_id,
        "name": tag.name,
        "at": fine_stamp(tag.at),
        "creator_id": track.user.id,
    }
    return row if tag.deleted_at is None else row | {"deleted_at": fine_stamp(tag.deleted_at)}
