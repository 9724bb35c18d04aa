"""Google Calendar's API v3 as questions that a copy of its calendars needs answered, and its refusals as errors.

Source: Google Calendar API v3, "CalendarList", "Calendars", "Colors", "Events", "Handle API errors".
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote

from tasks.errors import CredentialsError, SourceError, SourceUnavailable
from tasks.google_calendar.auth import SOURCE, GoogleAuth
from tasks.http import Answer, Question, Service
from tasks.raw import JsonObject, JsonValue, Span
from tasks.settings import GoogleAccess

TITLE = "Google Calendar"
API_VERSION = "v3"

_RATE_LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_LONG_LIMITS = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_API_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_NO_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})

Parameters = Mapping[str, str | int]

# A sync token may only be used with the parameters of the listing that gave it, and none of them may spoil it.
_EXPANDED: Parameters = {"singleEvents": "true", "showDeleted": "true", "maxResults": 2500}
_UNEXPANDED: Parameters = {**_EXPANDED, "singleEvents": "false"}


class NotShownError(SourceError):
    """Google does not show the calendar or event to this account (403), or says that there is none (GoneError)."""


class GoneError(NotShownError):
    """There is no such calendar or event, or it is no longer there (404, 410)."""


class TokenRefusedError(SourceError):
    """Google no longer takes a sync token (410), or not with these parameters (400): all must be read anew."""


@dataclass(frozen=True)
class Listing:
    """All pages of a listing; `sync_token` asks for what changes after it, None where Google gives none."""

    items: Sequence[JsonObject]
    sync_token: str | None = None


class CalendarClient:
    """Google Calendar's API v3, read only, as one account; close it, or use it as a context manager.

    Any call raises CredentialsError when Google refuses the credentials, NotShownError for what this account cannot
    see, and SourceUnavailable when Google does not answer properly after several tries. `sleep` is given by tests.
    """

    def __init__(self, access: GoogleAccess, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._auth = GoogleAuth(access)
        self._service = Service(SOURCE, TITLE, access.calendar_url, auth=self._auth, passing=is_rate_limit, sleep=sleep)
        self.token_scope = _token_scope(access)
        """Stands for all that a sync token depends on: one that was got in another scope is not to be used."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far, those for access tokens not counted."""
        return self._service.requests

    def calendar_list(self) -> list[JsonObject]:
        """Every entry of the user's calendar list that is not hidden."""
        return [*self._listing("/users/me/calendarList", {"maxResults": 250}).items]

    def calendar(self, calendar_id: str) -> JsonObject:
        """A calendar's own record, event labels included."""
        return self._object(f"/calendars/{_segment(calendar_id)}")

    def colors(self) -> JsonObject:
        """The colours that colour ids stand for, under `calendar` and `event`."""
        return self._object("/colors")

    def events(self, calendar_id: str, window: Span, ical_uid: str = "") -> Listing:
        """Every event that reaches into the window, series expanded, the cancelled ones that Google tells of too.

        With `ical_uid` only the occurrences of that series, and some cancelled events of others.
        """
        bounds = {"timeMin": _rfc3339(window.start), "timeMax": _rfc3339(window.end)}
        uid = {"iCalUID": ical_uid} if ical_uid else {}
        return self._listing(_events_path(calendar_id), {**bounds, **uid, **_EXPANDED})

    def changes(self, calendar_id: str, sync_token: str) -> Listing:
        """What has changed since the listing that gave the token, wherever it lies; cancelled events often as stubs.

        Of a series that changed or was deleted it may tell only a part. Raises TokenRefusedError.
        """
        return self._listing(_events_path(calendar_id), {"syncToken": sync_token, **_EXPANDED})

    def exceptions(self, calendar_id: str, ical_uid: str) -> Sequence[JsonObject]:
        """The occurrences of a series that differ from its rule, moved or cancelled ones too, wherever they lie."""
        listing = self._listing(_events_path(calendar_id), {"iCalUID": ical_uid, **_UNEXPANDED})
        return [event for event in listing.items if "recurringEventId" in event]

    def event(self, calendar_id: str, event_id: str) -> JsonObject | None:
        """One event, wherever it lies; None when it is cancelled or gone."""
        try:
            event = self._object(f"/calendars/{_segment(calendar_id)}/events/{_segment(event_id)}")
        except GoneError:
            return None
        return None if event.get("status") == "cancelled" else event

    def close(self) -> None:
        """Let go of the connections."""
        self._service.close()
        self._auth.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listing(self, path: str, parameters: Parameters) -> Listing:
        """Every page of a listing; a page may be empty and still not be the last."""
        items: list[JsonObject] = []
        token: JsonValue = None
        while True:
            page = self._object(path, {**parameters, "pageToken": token} if isinstance(token, str) else parameters)
            rows = page.get("items") or []
            if not isinstance(rows, list):
                raise SourceError(SOURCE, f"Google Calendar answered GET {path} with something that is no list.")
            items += [row for row in rows if isinstance(row, dict) and "id" in row]
            if not (token := page.get("nextPageToken")):
                sync_token = page.get("nextSyncToken")
                return Listing(items, sync_token if isinstance(sync_token, str) else None)

    def _object(self, path: str, parameters: Parameters | None = None) -> JsonObject:
        question = Question(path, {**(parameters or {}), "prettyPrint": "false"})
        answer = self._service.ask(question)
        if answer.status in {400, 410} and "syncToken" in (parameters or {}):
            raise TokenRefusedError(SOURCE, f"Google Calendar refuses its sync token at {path} ({answer.status}).")
        if answer.status >= 300:
            raise _refusal(path, answer, self._auth.cure) or self._service.refusal(question, answer)
        if not isinstance(answer.body, dict):
            raise SourceError(SOURCE, f"Google Calendar answered GET {path} with something that is no object.")
        return answer.body


def is_rate_limit(answer: Answer) -> bool:
    """Whether a 403 only says that there were too many requests at once."""
    return answer.status == 403 and _reason(answer) in _RATE_LIMITS


def _refusal(path: str, answer: Answer, renewal: str) -> SourceError | None:
    """What a refusal means, with `renewal` as the cure of bad credentials; None when it means nothing in particular."""
    reason = _reason(answer)
    if answer.status == 401 or reason in _NO_SCOPE:
        said = reason or answer.status
        return CredentialsError(SOURCE, f"Google does not let these credentials read calendars ({said}).", renewal)
    if reason in _API_OFF:
        return SourceError(
            SOURCE,
            f"The Google Calendar API is switched off in the Google Cloud project ({reason}).",
            "Enable it at https://console.cloud.google.com/apis/library/calendar-json.googleapis.com.",
        )
    if reason in _LONG_LIMITS:
        return SourceUnavailable(
            SOURCE, f"Google Calendar's allowance is used up ({reason}).", "Run it again in some hours."
        )
    if answer.status in {404, 410}:
        return GoneError(SOURCE, f"Google Calendar has nothing at {path} ({answer.status}).")
    if answer.status == 403:
        return NotShownError(SOURCE, f"Google Calendar does not show {path} to this account (403).")
    return None


def _reason(answer: Answer) -> str:
    """The word by which Google tells one error from another, in the older or the newer place; empty for none."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    for place in ("errors", "details"):
        items = error.get(place) if isinstance(error, dict) else None
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and isinstance(reason := item.get("reason"), str):
                return reason
    return ""


def _token_scope(access: GoogleAccess) -> str:
    """A digest of the parameters, the address and the account."""
    account = str(access.service_account_file or access.refresh_token.get_secret_value())
    scope = json.dumps([_EXPANDED, access.calendar_url, account])
    return hashlib.sha256(scope.encode()).hexdigest()[:16]


def _events_path(calendar_id: str) -> str:
    return f"/calendars/{_segment(calendar_id)}/events"


def _segment(identifier: str) -> str:
    """An id as one part of a path: calendar ids hold @ and #."""
    return quote(identifier, safe="")


def _rfc3339(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
