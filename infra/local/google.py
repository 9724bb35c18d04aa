"""Google Calendar's API v3 as far as a read-only copy of its calendars needs it, as strict as the real one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from json import loads
from zoneinfo import ZoneInfo, available_timezones

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.agenda import Agenda, Calendar, Series
from infra.local.google_auth import GoogleAuth
from infra.local.google_channels import Channels
from infra.local.google_fields import only
from infra.local.google_json import (
    Telling,
    calendar_json,
    calendar_list_json,
    colors_json,
    event_json,
    master_json,
    stamp,
)
from infra.local.google_listing import Row, list_events
from infra.local.google_pages import Listing, Pages, tagged
from infra.local.google_refusals import refuse, refuse_value
from infra.local.google_switches import MOST_RESULTS, GoogleSwitches
from infra.local.google_tokens import CALENDAR_LIST_SCOPE, Since, SyncTokens
from infra.local.wire import Ask, Handler, JsonObject, Parameters, RefusalError, json_response

_ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
_MOST_GUESTS = 10_000
_ZONES = available_timezones()


class CalendarApi:
    """The routes under `/calendar/v3`."""

    def __init__(self, agenda: Agenda, auth: GoogleAuth, switches: GoogleSwitches) -> None:
        self._agenda = agenda
        self._auth = auth
        self._switches = switches
        self._pages = Pages(switches)
        self._tokens = SyncTokens(switches)
        self.channels = Channels(agenda)

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
        watches = {
            "/users/me/calendarList/watch": self.channels.watch,
            "/calendars/{calendar_id}/events/watch": lambda ask: self.channels.watch(ask, self._known(ask).id),
            "/channels/stop": self.channels.stop,
        }
        return [
            *(
                Route(f"/calendar/v3{path}", self._guard(handler), methods=["POST"])
                for path, handler in watches.items()
            ),
            *(
                Route(f"/calendar/v3{path}", self._guard(handler), methods=["GET"])
                for path, handler in endpoints.items()
            ),
        ]

    def expire_sync_tokens(self) -> None:
        """Let every sync token given so far be answered with 410 from now on."""
        self._tokens.expire()

    def _guard(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                if not self._auth.accepts(request):
                    refuse(401, "authError", "Invalid Credentials", "Authorization", "global")
                answer = handler(Ask(request.path_params, request.query_params, await request.body()))
            except RefusalError as refusal:
                return refusal.response
            tag = answer.headers.get("ETag")
            if tag is not None and request.headers.get("If-None-Match") == tag:
                return Response(status_code=304, headers={"ETag": tag})
            fields = request.query_params.get("fields")
            return answer if fields is None else _masked(answer, fields)

        return endpoint

    def _calendar_list(self, ask: Ask) -> Response:
        size = Parameters(ask.query, refuse_value).integer("maxResults", 100, 1, 250)
        since = self._tokens.read(CALENDAR_LIST_SCOPE, ask.query)
        place = self._pages.place(CALENDAR_LIST_SCOPE, ask.query)
        if place is None:
            rows = [calendar_list_json(calendar) for calendar in self._listed_calendars(ask.query, since)]
            place = self._pages.keep(
                Listing(CALENDAR_LIST_SCOPE, ask.query, rows, self._next(CALENDAR_LIST_SCOPE, ask, since, rows))
            )
        return self._pages.answer({"kind": "calendar#calendarList"}, place, size)

    def _listed_calendars(self, query: QueryParams, since: Since | None) -> list[Calendar]:
        parameters = Parameters(query, refuse_value)
        least_role = _ROLES.index(parameters.choice("minAccessRole", _ROLES[0], _ROLES))
        deleted = parameters.boolean("showDeleted", default=since is not None)
        hidden = parameters.boolean("showHidden", default=since is not None)
        parameters.boolean("showOwnOrganizationOnly", default=False)
        return [
            calendar
            for calendar in self._agenda.calendars.values()
            if (deleted or not calendar.deleted)
            and (hidden or not calendar.hidden)
            and _ROLES.index(calendar.access_role) >= least_role
            and (since is None or calendar.updated > since.position)
        ]

    def _calendar_list_entry(self, ask: Ask) -> Response:
        return tagged(calendar_list_json(self._known(ask)))

    def _calendar(self, ask: Ask) -> Response:
        return tagged(calendar_json(self._known(ask)))

    def _event(self, ask: Ask) -> Response:
        calendar = self._known(ask)
        event = self._agenda.find(calendar.id, ask.path["event_id"])
        if event is None:
            refuse(404, "notFound", "Not Found", domain="global")
        series = self._agenda.series.get((calendar.id, event.id))
        return tagged(self._rows_json([series or event], ask.query, calendar)[0])

    def _events(self, ask: Ask) -> Response:
        calendar = self._known(ask)
        zone = _zone(ask.query, calendar)
        size = Parameters(ask.query, refuse_value).integer("maxResults", 250, 1, MOST_RESULTS)
        since = self._tokens.read(calendar.id, ask.query)
        place = self._pages.place(calendar.id, ask.query)
        if place is None:
            found = list_events(self._agenda, calendar.id, ask.query, self._switches, since)
            rows = self._rows_json(found, ask.query, calendar)
            place = self._pages.keep(Listing(calendar.id, ask.query, rows, self._next(calendar.id, ask, since, rows)))
        head: JsonObject = {
            "kind": "calendar#events",
            "summary": calendar.summary,
            "description": "",
            "updated": stamp(self._agenda.updated(calendar.id)),
            "timeZone": zone.key,
            "accessRole": calendar.access_role,
            "defaultReminders": [],
        }
        return self._pages.answer(head, place, size)

    def _next(self, scope: str, ask: Ask, since: Since | None, rows: list[JsonObject]) -> str | None:
        """The token from which a later listing goes on; while nothing has changed it stays the same."""
        if since is None:
            window = ask.query.get("timeMin"), ask.query.get("timeMax")
            since = Since(self._agenda.position(), *window)
        elif rows:
            since = replace(since, position=self._agenda.position())
        return self._tokens.give(scope, ask.query, since)

    def _rows_json(self, rows: list[Row], query: QueryParams, calendar: Calendar) -> list[JsonObject]:
        guests = Parameters(query, refuse_value).integer("maxAttendees", _MOST_GUESTS, 1, _MOST_GUESTS)
        telling = Telling(self._switches.cancelled_details, self._switches.cancelled_series, guests)
        agenda, zone = self._agenda, _zone(query, calendar)
        return [
            master_json(row, agenda, zone, telling)
            if isinstance(row, Series)
            else event_json(row, agenda, zone, telling)
            for row in rows
        ]

    def _known(self, ask: Ask) -> Calendar:
        calendar = self._agenda.calendar(ask.path["calendar_id"])
        if calendar is None:
            refuse(404, "notFound", "Not Found", domain="global")
        return calendar


def _zone(query: QueryParams, calendar: Calendar) -> ZoneInfo:
    name = query.get("timeZone", calendar.time_zone)
    if name not in _ZONES:
        refuse_value("timeZone", name)
    return ZoneInfo(name)


def _masked(answer: Response, fields: str) -> Response:
    try:
        return json_response(only(fields, loads(bytes(answer.body))), answer.status_code)
    except ValueError:
        message = f"Invalid field selection {fields}"
        error = {"errors": [{"domain": "global", "reason": "invalidParameter", "message": message}]}
        return json_response({"error": error | {"code": 400, "message": message}}, 400)
