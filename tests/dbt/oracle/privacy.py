"""What others are not to see: by the user's list of private things, and by the marks of events."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.dbt.oracle import categories
from tests.dbt.oracle.life import Event, Life, Project

_MARKS = {"private", "confidential"}
_NEVER = datetime.max.replace(tzinfo=UTC)


def of_entry(project_id: int | None, life: Life) -> bool:
    """Whether an entry of this project is private."""
    project = categories.project_of(project_id, life)
    return project is not None and _of_project(project, life)


def of_event(event: Event, life: Life) -> bool:
    """Whether a version of an event is private, by itself or by what was last known of the event."""
    titles = {project.name for project in life.projects if _of_project(project, life)}
    titles |= {line.key for line in life.seeds.private if line.kind == "project"}
    calendar = [event.calendar_id, categories.calendar_name(event.calendar_id, life)]
    return (
        event.visibility in _MARKS
        or _last_of(event, life).visibility in _MARKS
        or event.title in titles
        or _is_listed("calendar", calendar, life)
    )


def _of_project(project: Project, life: Life) -> bool:
    client = [str(project.client_id), categories.client_name(project, life)]
    return _is_listed("project", [str(project.project_id), project.name], life) or _is_listed("client", client, life)


def _is_listed(kind: str, names: Sequence[str | None], life: Life) -> bool:
    return any(line.kind == kind and line.key in names for line in life.seeds.private)


def _last_of(event: Event, life: Life) -> Event:
    """The newest version of the event before it was cancelled or gone, if it was."""
    live = [
        version
        for version in life.versions
        if version.event.source_id == event.source_id and not (version.is_tombstone or version.event.is_cancelled)
    ]
    return max(live, key=lambda version: (version.superseded_at or _NEVER, version.seen_at)).event
