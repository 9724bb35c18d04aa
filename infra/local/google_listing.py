"""Which events a Google Calendar listing holds: the window, what is deleted, what changed since a sync token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from infra.local.agenda import Agenda, Event, Series, instant
from infra.local.google_refusals import refuse, refuse_value
from infra.local.google_switches import GoogleSwitches
from infra.local.google_tokens import Since
from infra.local.wire import Parameters, rfc3339

UPDATED_REACH = timedelta(days=30)
EVENT_TYPES = {"birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"}

Row = Event | Series


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


def list_events(
    agenda: Agenda, calendar_id: str, query: QueryParams, switches: GoogleSwitches, since: Since | None
) -> list[Row]:
    """What the query asks of a calendar, in its order; with `since` only what changed after it."""
    parameters = Parameters(query, refuse_value)
    single_events = parameters.boolean("singleEvents", default=False)
    show_deleted = parameters.boolean("showDeleted", default=False)
    parameters.boolean("showHiddenInvitations", default=False)
    order = parameters.choice("orderBy", "", ("", "startTime", "updated"))
    if order == "startTime" and not single_events:
        refuse(400, "badRequest", "The requested ordering is not available for the particular query.", domain="global")
    zone = ZoneInfo(agenda.calendars[calendar_id].time_zone)
    window = _window(query.get("timeMin"), query.get("timeMax"), zone)
    if since is not None and switches.delta_keeps_window:
        window = _window(since.time_min, since.time_max, zone)
    updated_min = _updated_min(agenda, query)
    tells_deletions = since is not None or updated_min is not None

    def asked_for(row: Row) -> bool:
        event = event_of(row)
        if since is not None and event.updated <= since.position:
            return False
        if updated_min is not None and event.updated < updated_min:
            return False
        if event.status == "cancelled" and not tells_deletions:
            return _shown_though_cancelled(row, agenda, show_deleted=show_deleted, single_events=single_events)
        return has_content(event, query) and _is_announced(event, agenda, zone, switches.announced_days)

    rows = _candidates(agenda, calendar_id, window, single_events=single_events)
    if tells_deletions and single_events:
        rows += [event for event in agenda.fallen.values() if event.calendar_id == calendar_id and window.holds(event)]
        rows.sort(key=lambda row: instant(event_of(row).start, zone))
    found = [row for row in rows if asked_for(row)]
    return sorted(found, key=lambda row: event_of(row).updated) if order == "updated" else found


def _is_announced(event: Event, agenda: Agenda, zone: ZoneInfo, announced_days: int | None) -> bool:
    """Whether a change is told at all: of what falls with its series the service announces only a part."""
    if announced_days is None or event.status != "cancelled" or not agenda.falls_with_series(event):
        return True
    return abs(instant(event.start, zone) - agenda.clock()) <= timedelta(days=announced_days)


def event_of(row: Row) -> Event:
    """The event itself, or a series' first occurrence."""
    return row.master if isinstance(row, Series) else row


def _candidates(agenda: Agenda, calendar_id: str, window: Window, *, single_events: bool) -> list[Row]:
    """What reaches into the window: every occurrence, or single events, masters and exceptions."""
    occurrences = [event for event in agenda.occurrences(calendar_id, window.closes) if window.holds(event)]
    if single_events:
        return [*occurrences]
    masters = {event.series_id for event in occurrences}
    is_unbounded = window.opens is None and window.closes is None
    explicit = agenda.singles | agenda.exceptions
    return [
        *(event for event in occurrences if (calendar_id, event.id) in explicit),
        *(
            series
            for (owner, key), series in agenda.series.items()
            if owner == calendar_id and (key in masters or is_unbounded)
        ),
    ]


def _shown_though_cancelled(row: Row, agenda: Agenda, *, show_deleted: bool, single_events: bool) -> bool:
    event = event_of(row)
    if event.series_id is None:
        return show_deleted
    of_live_series = agenda.series[event.calendar_id, event.series_id].master.status != "cancelled"
    if single_events:
        return show_deleted and of_live_series
    return show_deleted or of_live_series


def has_content(event: Event, query: QueryParams) -> bool:
    """Whether an event is of the kind, and says the words, that the query asks for."""
    types = query.getlist("eventTypes")
    for unknown in set(types) - EVENT_TYPES:
        refuse_value("eventTypes", unknown)
    if types and event.event_type not in types:
        return False
    words = query.get("q", "").lower()
    text = " ".join(filter(None, (event.summary, event.description, event.location))).lower()
    uid = f"{event.series_id or event.id}@calendar.example.test"
    return words in text and query.get("iCalUID", uid) == uid


def _window(time_min: str | None, time_max: str | None, zone: ZoneInfo) -> Window:
    window = Window(_moment("timeMin", time_min), _moment("timeMax", time_max), zone)
    if window.opens is not None and window.closes is not None and window.closes <= window.opens:
        refuse(400, "timeRangeEmpty", "The specified time range is empty.", "timeMax")
    return window


def _updated_min(agenda: Agenda, query: QueryParams) -> datetime | None:
    moment = _moment("updatedMin", query.get("updatedMin"))
    if moment is not None and moment < agenda.clock() - UPDATED_REACH:
        refuse(410, "updatedMinTooLongAgo", "The requested minimum modification time lies too far in the past.")
    return moment


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = rfc3339(text)
    if moment is None:
        refuse(400, "badRequest", f"{name} must be an RFC 3339 time with an offset.", name, "global")
    # The service reads milliseconds and ignores them.
    return moment.replace(microsecond=0)
