"""What an entry or an event counts as on a day: the user's mappings while they are valid, else the services' names."""

import re
from collections.abc import Iterable
from datetime import date

from tests.dbt.oracle.life import Event, Life, Listing, Project

UNTRACKED = "Untracked"
UNCATEGORIZED = "Uncategorized"


def of_project(project_id: int | None, day: date, life: Life) -> str:
    """The category of an entry of this project."""
    project = project_of(project_id, life)
    if project is None:
        return UNCATEGORIZED
    client = client_name(project, life)
    return (
        _mapped("project", [str(project.project_id), project.name], day, life)
        or _mapped("project_color", [project.color], day, life)
        or _mapped("client", [str(project.client_id), client], day, life)
        or _own_name(project.name)
    )


def social_of_project(project_id: int | None, day: date, life: Life) -> str:
    """The second axis of an entry of this project: its client."""
    project = project_of(project_id, life)
    if project is None:
        return UNCATEGORIZED
    client = client_name(project, life)
    for key in (str(project.client_id), client):
        for line in life.seeds.socials:
            if line.client == key and line.valid.on(day):
                return line.social
    return _own_name(client)


def of_event(event: Event, day: date, life: Life) -> str:
    """The category of a version of an event."""
    for rule in sorted(life.seeds.rules, key=lambda rule: rule.position):
        if rule.valid.on(day) and re.search(rule.pattern, event.title or "", re.IGNORECASE):
            return rule.category
    project = project_of_title(event, life)
    if project is not None:
        return of_project(project.project_id, day, life)
    return (
        _mapped("event_color", [event.color_id], day, life)
        or _mapped("calendar", [event.calendar_id, calendar_name(event.calendar_id, life)], day, life)
        or UNCATEGORIZED
    )


def project_of_title(event: Event, life: Life) -> Project | None:
    """The project that an event's title names: an active one before an archived, then the smallest id; none deleted."""
    named = [project for project in life.projects if project.name == event.title and not project.is_deleted]
    return min(named, key=lambda project: (not project.is_active, project.project_id), default=None)


def project_of(project_id: int | None, life: Life) -> Project | None:
    """The project of this id, a deleted one too."""
    return next((project for project in life.projects if project.project_id == project_id), None)


def present_listing(calendar_id: str, life: Life) -> Listing | None:
    """The row of a calendar in the user's list as it is now, if there is one."""
    rows = [row for row in life.listings if row.calendar_id == calendar_id and row.superseded_at is None]
    return rows[0] if rows else None


def client_name(project: Project, life: Life) -> str | None:
    """The name of a project's client, if it is known."""
    return next((client.name for client in life.clients if client.client_id == project.client_id), None)


def calendar_name(calendar_id: str, life: Life) -> str:
    """The name of a calendar now; its id where the list has none."""
    listing = present_listing(calendar_id, life)
    return calendar_id if listing is None else listing.name


def _mapped(kind: str, keys: Iterable[str | None], day: date, life: Life) -> str | None:
    """The mapping that is valid for the first of the keys that has one; colours are the same in capitals."""
    for key in keys:
        for line in life.seeds.mappings:
            written = line.key.lower() if kind == "project_color" else line.key
            if line.kind == kind and written == key and line.valid.on(day):
                return line.category
    return None


def _own_name(name: str | None) -> str:
    """A name that serves as a category; the word for what nobody tracked does not."""
    return UNCATEGORIZED if name in {None, "", UNTRACKED} else str(name)
