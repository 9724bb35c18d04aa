"""Which events a Google Calendar listing holds: the window, what is deleted, what changed since a sync token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from infra.local.agenda import Agenda, Event, Series, instant
from infra.local.wire import Parameters, RefusalError, json_response, rfc3339

UPDATED_REACH = timedelta(days=30)
EVENT_TYPES = {"birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"}
_SPOILS_TOKEN = {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin"}
_NOT_WITH_TOKEN = _SPOILS_TOKEN | {"timeMin", "timeMax"}
_FIXED_BY_TOKEN = {"singleEvents", "eventTypes", "timeZone", "maxAttendees", "showHiddenInvitations", "maxResults"}

Row = Event | Series


def refuse(status: int, reason: str, message: str, location: str = "", domain: str = "calendar") -> Never:
    """Answer with an error as the Calendar API writes it.

    Source: Google Calendar API guide, "Handle API errors".
    """
    detail: dict[str, object] = {"domain": domain, "reason": reason, "message": message}
    if location:
        detail |= {"locationType": "header" if location == "Authorization" else "parameter", "location": location}
    error = {"errors": [detail], "code": status, "message": message}
    headers = {"WWW-Authenticate": 'Bearer realm="https://example.test/"'} if status == 401 else None
    raise RefusalError(json_response({"error": error}, status, headers))


def refuse_value(name: str, value: str) -> Never:
    """Answer that the parameter `name` cannot have this value."""
    refuse(400, "invalid", f"Invalid value '{value}' for {name}.", name, "global")


def fixed_parameters(query: QueryParams) -> Mapping[str, str]:
    """The parameters that must stay the same from a first listing to every later one by its sync token."""
    return {name: ",".join(sorted(query.getlist(name))) for name in sorted(_FIXED_BY_TOKEN & set(query))}


def yields_sync_token(query: QueryParams) -> bool:
    """Whether the last page of a listing with these parameters carries a token for later changes."""
    return not _SPOILS_TOKEN & set(query)


def refuse_restricted_delta(query: QueryParams) -> None:
    """Refuse what the service allows only without a sync token."""
    if _NOT_WITH_TOKEN & set(query) or query.get("showDeleted") == "false":
        message = "Sync token cannot be used with other request restrictions."
        refuse(400, "syncTokenWithRequestRestrictions", message, "syncToken")


@dataclass(frozen=True)
class Window:
    """Events that end after `opens` and start before `closes`; None is unbounded."""

    opens: datetime | None
    closes: datetime | None
    zone: ZoneInfo

    def holds(self, event: Event) -> bool:
        """Whether the event reaches into the window; both bounds are exclusive."""
        return (self.opens is None or instant(event.end, self.zone) > self.opens) and (
            self.closes is None or instant(event.start, self.zone) < self.closes
        )


def list_events(agenda: Agenda, calendar_id: str, query: QueryParams, since: datetime | None) -> list[Row]:
    """What the query asks of a calendar, in its order; with `since` only what changed after it."""
    parameters = Parameters(query, refuse_value)
    single_events = parameters.boolean("singleEvents", default=False)
    show_deleted = parameters.boolean("showDeleted", default=False)
    order = parameters.choice("orderBy", "", ("", "startTime", "updated"))
    if order == "startTime" and not single_events:
        refuse(400, "badRequest", "The requested ordering is not available for the particular query.", domain="global")
    window = _window(query, ZoneInfo(agenda.calendars[calendar_id].time_zone))
    updated_min = _updated_min(agenda, query)
    tells_deletions = since is not None or updated_min is not None

    def asked_for(row: Row) -> bool:
        event = event_of(row)
        if since is not None and event.updated <= since:
            return False
        if updated_min is not None and event.updated < updated_min:
            return False
        if event.status == "cancelled" and not tells_deletions:
            return _shown_though_cancelled(row, agenda, show_deleted=show_deleted, single_events=single_events)
        return _has_content(event, query)

    rows = _candidates(agenda, calendar_id, window, single_events=single_events)
    found = [row for row in rows if asked_for(row)]
    return sorted(found, key=lambda row: event_of(row).updated) if order == "updated" else found


def event_of(row: Row) -> Event:
    """The event itself, or a series' first occurrence."""
    return row.master if isinstance(row, Series) else row


def _candidates(agenda: Agenda, calendar_id: str, window: Window, *, single_events: bool) -> list[Row]:
    """What reaches into the window: every occurrence, or single events, masters and exceptions."""
    occurrences = [event for event in agenda.occurrences(calendar_id) if window.holds(event)]
    if single_events:
        return [*occurrences]
    masters = {event.series_id for event in occurrences}
    explicit = agenda.singles | agenda.exceptions
    return [
        *(event for event in occurrences if (calendar_id, event.id) in explicit),
        *(series for (owner, key), series in agenda.series.items() if owner == calendar_id and key in masters),
    ]


def _shown_though_cancelled(row: Row, agenda: Agenda, *, show_deleted: bool, single_events: bool) -> bool:
    event = event_of(row)
    if event.series_id is None:
        return show_deleted
    of_live_series = agenda.series[event.calendar_id, event.series_id].master.status != "cancelled"
    if single_events:
        return show_deleted and of_live_series
    return show_deleted or of_live_series


def _has_content(event: Event, query: QueryParams) -> bool:
    types = query.getlist("eventTypes")
    for unknown in set(types) - EVENT_TYPES:
        refuse_value("eventTypes", unknown)
    if types and event.event_type not in types:
        return False
    words = query.get("q", "").lower()
    text = " ".join(filter(None, (event.summary, event.description, event.location))).lower()
    uid = f"{event.series_id or event.id}@calendar.example.test"
    return words in text and query.get("iCalUID", uid) == uid


def _window(query: QueryParams, zone: ZoneInfo) -> Window:
    window = Window(_moment(query, "timeMin"), _moment(query, "timeMax"), zone)
    if window.opens is not None and window.closes is not None and window.closes <= window.opens:
        refuse(400, "timeRangeEmpty", "The specified time range is empty.", "timeMax")
    return window


def _updated_min(agenda: Agenda, query: QueryParams) -> datetime | None:
    moment = _moment(query, "updatedMin")
    if moment is not None and moment < agenda.clock() - UPDATED_REACH:
        refuse(410, "updatedMinTooLongAgo", "The requested minimum modification time lies too far in the past.")
    return moment


def _moment(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    moment = rfc3339(text)
    if moment is None:
        refuse(400, "badRequest", f"{name} must be an RFC 3339 time with an offset.", name, "global")
    # The service reads milliseconds and ignores them.
    return moment.replace(microsecond=0)
