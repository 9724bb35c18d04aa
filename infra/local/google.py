"""Google Calendar's API v3 as far as a read-only copy of its calendars needs it, as strict as the real one."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError, dumps, loads
from zoneinfo import ZoneInfo, available_timezones

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.agenda import Agenda, Calendar, Series
from infra.local.google_auth import SCOPE, GoogleAuth
from infra.local.google_fields import only
from infra.local.google_json import (
    calendar_json,
    calendar_list_json,
    colors_json,
    etag,
    event_json,
    master_json,
    stamp,
)
from infra.local.google_listing import (
    Row,
    fixed_parameters,
    list_events,
    refuse,
    refuse_restricted_delta,
    refuse_value,
    yields_sync_token,
)
from infra.local.wire import Ask, Handler, JsonObject, Parameters, RefusalError, json_response

MOST_RESULTS = 2500
_CALENDAR_LIST = "calendarList"
_LISTINGS_KEPT = 64
_ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
_MAY_DIFFER_BETWEEN_PAGES = {"pageToken", "fields", "prettyPrint"}


@dataclass
class GoogleSwitches:
    """How the stand-in behaves where the real service is free to; change it at any time.

    `page_cap` makes pages shorter than asked for; `empty_first_page` sends a page without rows, but with a next one.
    """

    page_cap: int = MOST_RESULTS
    empty_first_page: bool = False


@dataclass(frozen=True)
class _Listing:
    """The rows of one reading, frozen so that its later pages agree with its first."""

    rows: list[JsonObject]
    parameters: Mapping[str, str]
    sync_token: str | None


class CalendarApi:
    """The routes under `/calendar/v3`."""

    def __init__(self, agenda: Agenda, auth: GoogleAuth, switches: GoogleSwitches) -> None:
        self._agenda = agenda
        self._auth = auth
        self._switches = switches
        self._listings: dict[int, _Listing] = {}
        self._listing_count = 0
        self._generation = 1

    def routes(self) -> list[Route]:
        """Every route, guarded."""
        endpoints = {
            "/users/me/calendarList": self._calendar_list,
            "/users/me/calendarList/{calendar_id}": self._calendar_list_entry,
            "/calendars/{calendar_id}": self._calendar,
            "/calendars/{calendar_id}/events": self._events,
            "/calendars/{calendar_id}/events/{event_id}": self._event,
            "/colors": lambda _ask: json_response(colors_json()),
        }
        return [
            Route(f"/calendar/v3{path}", self._guard(handler), methods=["GET"]) for path, handler in endpoints.items()
        ]

    def expire_sync_tokens(self) -> None:
        """Let every sync token given so far be answered with 410 from now on."""
        self._generation += 1

    def _guard(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                if not self._auth.accepts(request):
                    refuse(401, "authError", "Invalid Credentials", "Authorization", "global")
                if not self._auth.opens(request, SCOPE):
                    refuse(403, "insufficientPermissions", "Insufficient Permission", domain="global")
                if self._auth.is_robot(request):
                    self._check_shared(request)
                answer = handler(Ask(request.path_params, request.query_params, await request.body()))
            except RefusalError as refusal:
                return refusal.response
            fields = request.query_params.get("fields")
            return answer if fields is None else _masked(answer, fields)

        return endpoint

    def _check_shared(self, request: Request) -> None:
        """A service account reads what is shared with it, by its id; its own list is empty."""
        if request.url.path.endswith("/users/me/calendarList"):
            page = {"kind": "calendar#calendarList", "nextSyncToken": self._sync_token(_CALENDAR_LIST, {}), "items": []}
            raise RefusalError(json_response(page))
        calendar_id = request.path_params.get("calendar_id")
        if calendar_id is not None and calendar_id not in self._auth.shared:
            refuse(404, "notFound", "Not Found", domain="global")

    def _calendar_list(self, ask: Ask) -> Response:
        parameters = Parameters(ask.query, refuse_value)
        size = parameters.integer("maxResults", 100, 1, 250)
        token = ask.query.get("syncToken")
        since = None if token is None else self._since(token, _CALENDAR_LIST, {})
        listing_number, first = self._page_start(ask.query)
        if listing_number is None:
            rows = [calendar_list_json(calendar) for calendar in self._listed_calendars(ask.query, since)]
            sync_token = self._sync_token(_CALENDAR_LIST, {})
            listing_number = self._keep(_Listing(rows, _signature(ask.query), sync_token))
        head: JsonObject = {"kind": "calendar#calendarList", "etag": etag(self._agenda.clock())}
        return json_response(head | self._page(listing_number, first, size))

    def _listed_calendars(self, query: QueryParams, since: datetime | None) -> list[Calendar]:
        parameters = Parameters(query, refuse_value)
        least_role = _ROLES.index(parameters.choice("minAccessRole", _ROLES[0], _ROLES))
        deleted = parameters.boolean("showDeleted", default=since is not None)
        hidden = parameters.boolean("showHidden", default=since is not None)
        if since is not None and ("minAccessRole" in query or not deleted or not hidden):
            message = "Sync token cannot be used with other request restrictions."
            refuse(400, "syncTokenWithRequestRestrictions", message, "syncToken")
        return [
            calendar
            for calendar in self._agenda.calendars.values()
            if (deleted or not calendar.deleted)
            and (hidden or not calendar.hidden)
            and _ROLES.index(calendar.access_role) >= least_role
            and (since is None or calendar.updated > since)
        ]

    def _calendar_list_entry(self, ask: Ask) -> Response:
        return json_response(calendar_list_json(self._known(ask)))

    def _calendar(self, ask: Ask) -> Response:
        return json_response(calendar_json(self._known(ask)))

    def _event(self, ask: Ask) -> Response:
        calendar = self._known(ask)
        event = self._agenda.find(calendar.id, ask.path["event_id"])
        if event is None:
            refuse(404, "notFound", "Not Found", domain="global")
        series = self._agenda.series.get((calendar.id, event.id))
        return json_response(self._row_json(series or event, _zone(ask.query, calendar)))

    def _events(self, ask: Ask) -> Response:
        calendar = self._known(ask)
        zone = _zone(ask.query, calendar)
        size = Parameters(ask.query, refuse_value).integer("maxResults", 250, 1, MOST_RESULTS)
        token = ask.query.get("syncToken")
        fixed = fixed_parameters(ask.query)
        since = None
        if token is not None:
            refuse_restricted_delta(ask.query)
            since = self._since(token, calendar.id, fixed)
        listing_number, first = self._page_start(ask.query)
        if listing_number is None:
            rows = list_events(self._agenda, calendar.id, ask.query, since)
            sync_token = self._sync_token(calendar.id, fixed) if yields_sync_token(ask.query) else None
            listing = _Listing([self._row_json(row, zone) for row in rows], _signature(ask.query), sync_token)
            listing_number = self._keep(listing)
        head: JsonObject = {
            "kind": "calendar#events",
            "etag": etag(self._agenda.clock()),
            "summary": calendar.summary,
            "description": "",
            "updated": stamp(self._agenda.clock()),
            "timeZone": zone.key,
            "accessRole": calendar.access_role,
            "defaultReminders": [],
        }
        return json_response(head | self._page(listing_number, first, size))

    def _row_json(self, row: Row, zone: ZoneInfo) -> JsonObject:
        if isinstance(row, Series):
            return master_json(row, self._agenda, zone)
        return event_json(row, self._agenda, zone)

    def _known(self, ask: Ask) -> Calendar:
        calendar = self._agenda.calendar(ask.path["calendar_id"])
        if calendar is None:
            refuse(404, "notFound", "Not Found", domain="global")
        return calendar

    def _keep(self, listing: _Listing) -> int:
        self._listing_count += 1
        self._listings[self._listing_count] = listing
        self._listings.pop(self._listing_count - _LISTINGS_KEPT, None)
        return self._listing_count

    def _page_start(self, query: QueryParams) -> tuple[int | None, int]:
        """The listing and the row at which the asked page starts; no listing for a first page."""
        token = query.get("pageToken")
        if token is None:
            return None, 0
        number, first = 0, 0
        match _unseal(token):
            case ["page", int(number), int(first)]:
                pass
        if number not in self._listings or self._listings[number].parameters != _signature(query):
            refuse_value("pageToken", token)
        return number, first

    def _page(self, listing_number: int, first: int, size: int) -> JsonObject:
        listing = self._listings[listing_number]
        size = min(size, self._switches.page_cap)
        if self._switches.empty_first_page and first == 0:
            # A negative start marks the page after the empty one, which holds the first rows.
            return {"nextPageToken": _seal("page", listing_number, -1), "items": []}
        first = max(0, first)
        page: JsonObject = {"items": listing.rows[first : first + size]}
        if first + size < len(listing.rows):
            return {"nextPageToken": _seal("page", listing_number, first + size)} | page
        return page if listing.sync_token is None else {"nextSyncToken": listing.sync_token} | page

    def _sync_token(self, scope: str, fixed: Mapping[str, str]) -> str:
        return _seal("sync", scope, self._generation, self._agenda.position().isoformat(), _digest(fixed))

    def _since(self, token: str, scope: str, fixed: Mapping[str, str]) -> datetime:
        """The moment up to which the holder of a sync token has seen everything."""
        owner, generation, position, digest = "", 0, "", ""
        match _unseal(token):
            case ["sync", str(owner), int(generation), str(position), str(digest)]:
                pass
        if owner != scope:
            refuse_value("syncToken", token)
        if generation != self._generation:
            refuse(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.", "syncToken")
        if digest != _digest(fixed):
            refuse(400, "invalid", "The parameters differ from those that the sync token was given for.", "syncToken")
        return datetime.fromisoformat(position)


def _zone(query: QueryParams, calendar: Calendar) -> ZoneInfo:
    name = query.get("timeZone", calendar.time_zone)
    if name not in available_timezones():
        refuse_value("timeZone", name)
    return ZoneInfo(name)


def _masked(answer: Response, fields: str) -> Response:
    try:
        return json_response(only(fields, loads(bytes(answer.body))), answer.status_code)
    except ValueError:
        message = f"Invalid field selection {fields}"
        error = {"errors": [{"domain": "global", "reason": "invalidParameter", "message": message}]}
        return json_response({"error": error | {"code": 400, "message": message}}, 400)


def _signature(query: QueryParams) -> Mapping[str, str]:
    names = set(query) - _MAY_DIFFER_BETWEEN_PAGES
    return {name: ",".join(query.getlist(name)) for name in sorted(names)}


def _digest(fixed: Mapping[str, str]) -> str:
    return hashlib.sha256(dumps(dict(fixed)).encode()).hexdigest()[:12]


def _seal(*parts: object) -> str:
    return urlsafe_b64encode(dumps(parts).encode()).decode()


def _unseal(token: str) -> object:
    try:
        return loads(urlsafe_b64decode(token.encode()))
    except (JSONDecodeError, UnicodeError, ValueError):
        return None
