"""Toggl's detailed report: one person's finished entries of some days, page by page, and the sum that they add up to.

Unlike the Track API it reaches back to the beginning. It knows neither running nor deleted entries, and tells of a
change some moments late.

Source: Toggl Reports API v3, "Detailed reports" (search and totals).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from tasks.errors import SourceError
from tasks.http import Answer
from tasks.raw import JsonObject, JsonValue
from tasks.toggl.client import SOURCE, TogglClient
from tasks.toggl.periods import Period

API_VERSION = "reports v3"
WORKSPACE_KEY = "_workspace_id"
# Toggl does not say how large a page can be; it serves fewer rows where this is more than it likes.
_ROWS_WANTED = 1000
# They say where in the listing a row stood, nothing of the entry.
_OF_THE_LISTING = frozenset({"row_number", "time_entries"})

Order = Literal["date", "last_update"]


@dataclass(frozen=True)
class Scope:
    """Whose entries are read: one user's, in one workspace."""

    workspace_id: int
    user_id: int


class PageCursor(BaseModel, frozen=True):
    """Where the next page begins: by its row number alone, or by all three, since Toggl may skip rows for two."""

    first_row_number: int
    first_id: int | None = None
    first_timestamp: int | None = None


@dataclass(frozen=True)
class Page:
    """Entries as the report has them, each with what its group says merged in; no `following` on the last page."""

    entries: Sequence[JsonObject]
    following: PageCursor | None


def read_page(
    client: TogglClient, scope: Scope, period: Period, following: PageCursor | None = None, order: Order = "date"
) -> Page:
    """One page of the entries that start in `period` (366 days at most): oldest first, or last changed first."""
    body: dict[str, JsonValue] = {
        **_asked(scope, period),
        "order_by": order,
        "order_dir": "ASC" if order == "date" else "DESC",
        "page_size": _ROWS_WANTED,
        **(following.model_dump(exclude_none=True) if following else {}),
    }
    answer = client.report(scope.workspace_id, body)
    groups = [] if answer.body is None else answer.body
    if not isinstance(groups, list):
        raise _senseless("is no list")
    entries = [entry for group in groups for entry in _entries_of(group, scope)]
    # Whoever believed in a next page after an empty one would read for ever.
    return Page(entries, _following(answer, following) if groups else None)


def read_seconds(client: TogglClient, scope: Scope, period: Period) -> int | None:
    """The sum of the entries that start in `period`, in seconds; None when Toggl does not say."""
    answer = client.report(scope.workspace_id, _asked(scope, period), "/totals")
    seconds = answer.body.get("seconds") if isinstance(answer.body, dict) else None
    return seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None


def _asked(scope: Scope, period: Period) -> dict[str, JsonValue]:
    return {
        "start_date": period.first.isoformat(),
        "end_date": period.last.isoformat(),
        "user_ids": [scope.user_id],
        "grouped": False,
        "hide_amounts": True,
        # Without these the user's preferences would round every duration.
        "rounding": 0,
        "rounding_minutes": 0,
    }


def _entries_of(group: JsonValue, scope: Scope) -> list[JsonObject]:
    entries = group.get("time_entries") if isinstance(group, dict) else None
    if not isinstance(group, dict) or not isinstance(entries, list):
        raise _senseless("has a row without entries")
    shared = {key: value for key, value in group.items() if key not in _OF_THE_LISTING}
    found: list[JsonObject] = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), int):
            raise _senseless("has an entry without an id")
        if isinstance(entry.get("stop"), str) and isinstance(entry.get("seconds"), int):
            found.append({**shared, **entry, WORKSPACE_KEY: scope.workspace_id})
    return found


def _following(answer: Answer, before: PageCursor | None) -> PageCursor | None:
    row_number, *others = (
        int(value) if (value := answer.headers.get(name, "")).isdecimal() else None
        for name in ("X-Next-Row-Number", "X-Next-ID", "X-Next-Timestamp")
    )
    if row_number is None:
        if "X-Next-ID" in answer.headers:
            raise _senseless("has a next page, but does not say which")
        return None
    if before is not None and row_number <= before.first_row_number:
        raise _senseless("leads from a page back to the same one")
    first_id, first_timestamp = others if None not in others else (None, None)
    return PageCursor(first_row_number=row_number, first_id=first_id, first_timestamp=first_timestamp)


def _senseless(what: str) -> SourceError:
    return SourceError(SOURCE, f"Toggl Track's detailed report {what}.", "Run it again later; nothing was changed.")
