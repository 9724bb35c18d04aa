"""Toggl Track's API v9 as questions that a copy of an account needs answered, and its refusals as errors.

Source: Toggl Track API v9, "Authentication", "Me", "Time entries", "Projects", "Clients", "Tags", "API limits".
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from tasks.errors import CredentialsError, QuotaError, SourceError
from tasks.http import Answer, Service
from tasks.raw import JsonObject, JsonValue, Row
from tasks.settings import TogglAccess

SOURCE = "toggl"
TITLE = "Toggl Track"
API_VERSION = "v9"
# A 402 without them means that the plan lacks what was asked for.
QUOTA_HEADERS = frozenset({"x-toggl-quota-remaining", "x-toggl-quota-resets-in"})
SECRET_KEYS = frozenset({"api_token", "ical_url", "intercom_hash"})

MOST_ENTRIES = 1000
"""What one answer holds at most; what exceeds it is cut off in silence."""
PROJECTS_PER_PAGE = 200


class RefusedError(SourceError):
    """Toggl refuses the parameters (400) and says why in `sentence`; a sync knows what to do about it."""


class NotOfferedError(SourceError):
    """Toggl's plan, or the user's role in the workspace, does not include what was asked for."""


class TogglClient:
    """Toggl Track's API v9, read only, as the owner of one API token; close it, or use it as a context manager.

    Any call raises CredentialsError when the token is refused, QuotaError when the hourly allowance is used up, and
    SourceUnavailable when Toggl does not answer properly after several tries. `sleep` is given by tests.
    """

    def __init__(self, access: TogglAccess, *, sleep: Callable[[float], None] = time.sleep) -> None:
        auth = (access.token.get_secret_value(), "api_token")
        self._service = Service(SOURCE, TITLE, access.api_url, auth=auth, sleep=sleep)
        self.served_at: datetime | None = None
        """Toggl's own clock when it first answered."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._service.requests

    def me(self) -> JsonObject:
        """The user, with `workspaces`, `projects`, `clients` and `tags` as far as Toggl names them here."""
        body = self._get("/me", {"with_related_data": "true"})
        if not isinstance(body, dict) or "id" not in body:
            raise SourceError(SOURCE, "Toggl Track did not say whose account this is (GET /me).")
        return body

    def entries_since(self, moment: datetime) -> list[JsonObject]:
        """Entries changed or deleted at `moment` or later, at most 1000; RefusedError when it is too long ago."""
        return self._rows("/me/time_entries", {"since": int(moment.timestamp())})

    def entries_between(self, start: datetime, end: datetime) -> list[JsonObject]:
        """Live entries that start in [start, end), at most 1000; RefusedError when `start` is too long ago."""
        # Whether both bounds are inclusive is not promised, so ask for a second more and sort it out here.
        bounds = {"start_date": _rfc3339(start), "end_date": _rfc3339(end + timedelta(seconds=1))}
        return self._rows("/me/time_entries", bounds)

    def projects(self, workspace_id: int) -> list[JsonObject]:
        """Every project of a workspace, archived ones included."""
        pages: list[list[JsonObject]] = []
        while True:
            page: dict[str, str | int] = {"active": "both", "per_page": PROJECTS_PER_PAGE, "page": len(pages) + 1}
            rows = self._rows(f"/workspaces/{workspace_id}/projects", page)
            # A service that ignored `page` would send the first one for ever.
            if pages and rows[:1] == pages[0][:1]:
                break
            pages.append(rows)
            if len(rows) < PROJECTS_PER_PAGE:
                break
        return [row for page_rows in pages for row in page_rows]

    def clients(self, workspace_id: int) -> list[JsonObject]:
        """Every client of a workspace, archived ones included."""
        return self._rows(f"/workspaces/{workspace_id}/clients", {"status": "both"})

    def tags(self, workspace_id: int) -> list[JsonObject]:
        """Every tag of a workspace."""
        return self._rows(f"/workspaces/{workspace_id}/tags")

    def users(self, workspace_id: int) -> list[JsonObject]:
        """Every user of a workspace; NotOfferedError where plan or role does not include the list."""
        return self._rows(f"/workspaces/{workspace_id}/users")

    def groups(self, workspace_id: int) -> list[JsonObject]:
        """Every group of a workspace; NotOfferedError where plan or role does not include the list."""
        return self._rows(f"/workspaces/{workspace_id}/groups")

    def close(self) -> None:
        """Let go of the connections."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, path: str, parameters: Mapping[str, str | int] | None = None) -> list[JsonObject]:
        body = self._get(path, parameters)
        # Toggl writes an empty collection as null at times.
        rows = [] if body is None else body
        if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
            raise SourceError(SOURCE, f"Toggl Track answered GET {path} with something that is no list of records.")
        return [row for row in rows if isinstance(row, dict)]

    def _get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> JsonValue:
        answer = self._service.get(path, parameters)
        self.served_at = self.served_at or _date_of(answer)
        if answer.status < 300:
            return answer.body
        if answer.status == 400:
            raise RefusedError(SOURCE, f"Toggl Track refuses GET {path}: {answer.excerpt or 'no reason given'}.")
        if answer.status == 401 or (answer.status == 403 and path.startswith("/me")):
            raise CredentialsError(
                SOURCE,
                f"Toggl refuses the API token ({answer.status}).",
                "Copy the token from https://track.toggl.com/profile into TOGGL_API_TOKEN.",
            )
        if answer.status == 402 and not QUOTA_HEADERS.isdisjoint(answer.headers):
            raise _quota_error(answer)
        if answer.status in {402, 403}:
            raise NotOfferedError(
                SOURCE,
                f"Toggl Track does not offer GET {path} ({answer.status}): your plan or role does not include it.",
                "Look at your plan in Toggl Track under Subscription.",
            )
        raise self._service.refusal(path, answer)


def moment(value: JsonValue) -> datetime | None:
    """An aware UTC time from the text of a stamp, whose fraction has any number of digits; None when it is none."""
    try:
        stamp = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return stamp.astimezone(UTC) if stamp and stamp.tzinfo else None


def to_rows(records: Iterable[JsonObject]) -> list[Row]:
    """Rows to store: each record as it came, without the secrets that Toggl shows to the owner of the token."""
    return [
        Row(str(record["id"]), {key: value for key, value in record.items() if key not in SECRET_KEYS})
        for record in records
    ]


def workspace_of(record: JsonObject) -> JsonValue:
    """The id of the workspace that a record belongs to; clients only have the older key."""
    return record.get("workspace_id", record.get("wid"))


def _quota_error(answer: Answer) -> QuotaError:
    told = answer.headers.get("X-Toggl-Quota-Resets-In", "")
    seconds = int(told) if told.isdecimal() else 3600
    return QuotaError(
        SOURCE,
        f"Toggl Track's hourly allowance of requests is used up; it is renewed in {-(-seconds // 60)} minutes.",
        resets_at=(_date_of(answer) or datetime.now(UTC)) + timedelta(seconds=seconds),
        cure="Run it again after that; nothing was lost.",
    )


def _date_of(answer: Answer) -> datetime | None:
    try:
        stamp: datetime = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return stamp.astimezone(UTC)


def _rfc3339(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
