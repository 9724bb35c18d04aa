"""Toggl Track's APIs as questions that a copy of an account needs answered, and their refusals as errors.

Source: Toggl Track API v9, "Authentication", "Me", "Time entries", "Projects", "Clients", "Tags", "API limits"; Reports
API v3, "Detailed reports"; Toggl support article 11484112, "API and integration limits".
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

import httpx

from tasks.errors import CredentialsError, QuotaError, SourceError
from tasks.http import Answer, Question, Service
from tasks.quota import Allowance, QuotaLedger, exhausted
from tasks.raw import JsonObject, JsonValue, Row
from tasks.settings import TogglAccess

SOURCE = "toggl"
TITLE = "Toggl Track"
API_VERSION = "v9"
# A 402 without them means that the plan lacks what was asked for.
QUOTA_HEADERS = ("X-Toggl-Quota-Remaining", "X-Toggl-Quota-Resets-In")
SECRET_KEYS = frozenset({"api_token", "ical_url", "intercom_hash"})

MOST_ENTRIES = 1000
"""What one answer holds at most; what exceeds it is cut off in silence."""
ROWS_PER_PAGE = 200
# What a page of projects holds when its size is not asked for: a shorter one is the last.
USUAL_PAGE = 151
_OF_WORKSPACE = re.compile(r"/workspaces?/(?P<id>\d+)")


class RefusedError(SourceError):
    """Toggl refuses the parameters (400) and says why in `sentence`; a sync knows what to do about it."""


class NotOfferedError(SourceError):
    """Toggl's plan, or the user's role in the workspace, does not include what was asked for."""


@dataclass
class _QuotaGate:
    """Books every request in the bucket that Toggl counts it in: the user's own, or the workspace's organization's."""

    ledger: QuotaLedger
    organizations: dict[int, int] = field(default_factory=dict)

    def admit(self, question: Question) -> None:
        self.ledger.admit(self.bucket(question.path))

    def hear(self, question: Question, headers: httpx.Headers) -> None:
        remaining, resets_in = (headers.get(name, "") for name in QUOTA_HEADERS)
        # Below zero while Toggl does not enforce the limit.
        if re.fullmatch(r"-?\d+", remaining) and resets_in.isdecimal():
            self.ledger.hear(self.bucket(question.path), max(0, int(remaining)), int(resets_in))

    def bucket(self, path: str) -> str:
        workspace = _OF_WORKSPACE.match(path)
        if workspace is None:
            return "user"
        workspace_id = int(workspace["id"])
        organization_id = self.organizations.get(workspace_id)
        return f"workspace {workspace_id}" if organization_id is None else f"organization {organization_id}"


class TogglClient:
    """Toggl's APIs, read only, as the owner of one API token; close it, or use it as a context manager.

    Any call raises CredentialsError when the token is refused, QuotaError when the hourly allowance is used up, and
    SourceUnavailable when Toggl does not answer properly after several tries. With a `ledger` a request that the
    allowance does not cover is not even sent. `sleep` is given by tests.
    """

    def __init__(
        self,
        access: TogglAccess,
        *,
        ledger: QuotaLedger | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        auth = (access.token.get_secret_value(), "api_token")
        self._gate = _QuotaGate(ledger) if ledger else None
        self._track, self._reports = (
            Service(SOURCE, TITLE, url, auth=auth, gate=self._gate, sleep=sleep)
            for url in (access.api_url, access.reports_url)
        )
        self.served_at: datetime | None = None
        """Toggl's own clock when it first answered."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._track.requests + self._reports.requests

    def allowance(self, workspace_id: int) -> Allowance | None:
        """What the ledger knows of the bucket that reports on this workspace are counted in."""
        if self._gate is None:
            return None
        return self._gate.ledger.allowance(self._gate.bucket(f"/workspace/{workspace_id}"))

    def me(self) -> JsonObject:
        """The user, with `workspaces`, `projects`, `clients` and `tags` as far as Toggl names them here."""
        body = self._get("/me", {"with_related_data": "true"})
        if not isinstance(body, dict) or "id" not in body:
            raise SourceError(SOURCE, "Toggl Track did not say whose account this is (GET /me).")
        self._learn_organizations(body.get("workspaces"))
        return body

    def entries_since(self, moment: datetime) -> list[JsonObject]:
        """Entries changed or deleted at `moment` or later, at most 1000; RefusedError when it is too long ago."""
        return self._rows("/me/time_entries", {"since": int(moment.timestamp())})

    def entries_between(self, start: datetime, end: datetime) -> list[JsonObject]:
        """Live entries that start in [start, end), at most 1000; RefusedError when `start` is too long ago."""
        # Whether both bounds are inclusive is not promised, so ask for a second more and sort it out here.
        bounds = {"start_date": _rfc3339(start), "end_date": _rfc3339(end + timedelta(seconds=1))}
        # Toggl writes an empty list as null at times; but what is missed in a window is missed for long, so make sure.
        return self._rows("/me/time_entries", bounds) or self._rows("/me/time_entries", bounds)

    def running_entry(self) -> JsonObject | None:
        """The entry whose timer runs, however long; None when there is none."""
        body = self._get("/me/time_entries/current")
        return body if isinstance(body, dict) and "id" in body else None

    def entry(self, entry_id: int) -> JsonObject | None:
        """One time entry, however old; None when it is deleted or was never there."""
        question = Question(f"/me/time_entries/{entry_id}")
        answer = self._track.ask(question)
        if answer.status == 404:
            return None
        body = self._body(self._track, question, answer)
        return body if isinstance(body, dict) and not body.get("server_deleted_at") else None

    def projects(self, workspace_id: int) -> list[JsonObject]:
        """Every project of a workspace, archived ones included."""
        return self._pages(f"/workspaces/{workspace_id}/projects", {"active": "both"}, full_page=USUAL_PAGE)

    def clients(self, workspace_id: int) -> list[JsonObject]:
        """Every client of a workspace, archived ones included."""
        return self._rows(f"/workspaces/{workspace_id}/clients", {"status": "both"})

    def tags(self, workspace_id: int) -> list[JsonObject]:
        """Every tag of a workspace."""
        # How many tags a page holds is documented nowhere.
        return self._pages(f"/workspaces/{workspace_id}/tags", {}, full_page=1)

    def users(self, workspace_id: int) -> list[JsonObject]:
        """Every user of a workspace; NotOfferedError where plan or role does not include the list."""
        return self._rows(f"/workspaces/{workspace_id}/users")

    def groups(self, workspace_id: int) -> list[JsonObject]:
        """Every group of a workspace; NotOfferedError where plan or role does not include the list."""
        return self._rows(f"/workspaces/{workspace_id}/groups")

    def report(self, workspace_id: int, body: Mapping[str, JsonValue], kind: str = "") -> Answer:
        """What the detailed report says (with `/totals` as `kind`: its sums); the parameters are in `body`."""
        question = Question(f"/workspace/{workspace_id}/search/time_entries{kind}", body=body)
        answer = self._reports.ask(question)
        self._body(self._reports, question, answer)
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._track.close()
        self._reports.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _learn_organizations(self, workspaces: JsonValue) -> None:
        for row in workspaces if self._gate and isinstance(workspaces, list) else []:
            match row:
                case {"id": int(workspace_id), "organization_id": int(organization_id)} if self._gate:
                    self._gate.organizations[workspace_id] = organization_id

    def _pages(self, path: str, parameters: Mapping[str, str | int], *, full_page: int) -> list[JsonObject]:
        """The rows of every page; the last one has fewer than `full_page`, or none that was not there before."""
        found: dict[JsonValue, JsonObject] = {}
        page = 1
        while True:
            rows = self._rows(path, {**parameters, "per_page": ROWS_PER_PAGE, "page": page})
            new = {row["id"]: row for row in rows if row["id"] not in found}
            found |= new
            if not new or len(rows) < full_page:
                return list(found.values())
            page += 1

    def _rows(self, path: str, parameters: Mapping[str, str | int] | None = None) -> list[JsonObject]:
        body = self._get(path, parameters)
        # Toggl writes an empty collection as null at times.
        rows = [] if body is None else body
        if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
            raise SourceError(SOURCE, f"Toggl Track answered GET {path} with something that is no list of records.")
        return [row for row in rows if isinstance(row, dict)]

    def _get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> JsonValue:
        question = Question(path, parameters)
        return self._body(self._track, question, self._track.ask(question))

    def _body(self, service: Service, question: Question, answer: Answer) -> JsonValue:
        """The body of a good answer; a refusal becomes the error that it means."""
        self.served_at = self.served_at or _date_of(answer)
        if answer.status < 300:
            return answer.body
        if answer.status == 400:
            raise RefusedError(SOURCE, f"Toggl Track refuses {question}: {answer.excerpt or 'no reason given'}.")
        if answer.status == 401 or (answer.status == 403 and question.path.startswith("/me")):
            raise CredentialsError(
                SOURCE,
                f"Toggl refuses the API token ({answer.status}).",
                "Copy the token from https://track.toggl.com/profile into TOGGL_API_TOKEN.",
            )
        if answer.status == 402 and any(name in answer.headers for name in QUOTA_HEADERS):
            raise _quota_error(answer)
        if answer.status in {402, 403}:
            raise NotOfferedError(
                SOURCE,
                f"Toggl Track does not offer {question} ({answer.status}): your plan or role does not include it.",
                "Look at your plan in Toggl Track under Subscription.",
            )
        raise service.refusal(question, answer)


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
    now = _date_of(answer) or datetime.now(UTC)
    return exhausted(SOURCE, TITLE, now + timedelta(seconds=int(told) if told.isdecimal() else 3600), now=now)


def _date_of(answer: Answer) -> datetime | None:
    try:
        stamp: datetime = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return stamp.astimezone(UTC)


def _rfc3339(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
