"""Google Calendar's records as its API v3 writes them, and its fixed palette of colours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from infra.local.agenda import Agenda, Calendar, Event, Series
from infra.local.wire import JsonObject

# fmt: off
_CALENDAR_COLORS = [
    "#ac725e", "#d06b64", "#f83a22", "#fa573c", "#ff7537", "#ffad46", "#42d692", "#16a765",
    "#7bd148", "#b3dc6c", "#fbe983", "#fad165", "#92e1c0", "#9fe1e7", "#9fc6e7", "#4986e7",
    "#9a9cff", "#b99aff", "#c2c2c2", "#cabdbf", "#cca6ac", "#f691b2", "#cd74e6", "#a47ae2",
]
_EVENT_COLORS = [
    "#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1",
    "#5484ed", "#51b749", "#dc2127",
]
# fmt: on
_FOREGROUND = "#1d1d1d"
_SEE_NO_PRIVATE_EVENTS = {"reader", "writerWithoutPrivateAccess"}


def stamp(moment: datetime) -> str:
    """A UTC time with milliseconds and `Z`, as `created` and `updated` are written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def etag(updated: datetime) -> str:
    """An entity tag, which contains its quotation marks: twice the microseconds of the last change."""
    return f'"{int(updated.timestamp()) * 2_000_000 + updated.microsecond * 2}"'


def colors_json() -> JsonObject:
    """The palette: 24 colours of calendars, 11 of events."""

    def numbered(backgrounds: list[str]) -> JsonObject:
        return {
            str(number): {"background": background, "foreground": _FOREGROUND}
            for number, background in enumerate(backgrounds, 1)
        }

    return {
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": numbered(_CALENDAR_COLORS),
        "event": numbered(_EVENT_COLORS),
    }


def calendar_list_json(calendar: Calendar) -> JsonObject:
    """An entry of the calendar list; what is false or unset is left out."""
    row: JsonObject = {
        "kind": "calendar#calendarListEntry",
        "etag": etag(calendar.updated),
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "colorId": calendar.color_id,
        "backgroundColor": _CALENDAR_COLORS[int(calendar.color_id) - 1],
        "foregroundColor": "#000000",
        "accessRole": calendar.access_role,
        "defaultReminders": [{"method": "popup", "minutes": 10}] if calendar.access_role == "owner" else [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    if calendar.summary_override is not None:
        row["summaryOverride"] = calendar.summary_override
    flags = {
        "primary": calendar.primary,
        "selected": calendar.selected,
        "hidden": calendar.hidden,
        "deleted": calendar.deleted,
    }
    return row | {name: True for name, value in flags.items() if value}


def calendar_json(calendar: Calendar) -> JsonObject:
    """A calendar by itself."""
    return {
        "kind": "calendar#calendar",
        "etag": etag(calendar.updated),
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
        "labelProperties": {"eventLabels": []},
    }


@dataclass(frozen=True)
class Telling:
    """What the service tells of events beyond what it guarantees, and what it keeps back.

    `cancelled_details` tells all of a cancelled event, as the organizer's calendar does; `cancelled_series` is whether
    a cancelled occurrence names its series; `most_guests` is how many guests are told before all but the owner are not.
    """

    cancelled_details: bool = False
    cancelled_series: bool = True
    most_guests: int | None = None


_PLAIN = Telling()


def event_json(event: Event, agenda: Agenda, zone: ZoneInfo, telling: Telling = _PLAIN) -> JsonObject:
    """An event with its times told in `zone`; of a cancelled one only what the service guarantees."""
    calendar = agenda.calendars[event.calendar_id]
    row: JsonObject = {
        "kind": "calendar#event",
        "etag": etag(event.updated),
        "id": event.id,
        "status": event.status,
    }
    is_cancelled = event.status == "cancelled"
    if event.series_id is not None and event.original_start is not None:
        if not is_cancelled or telling.cancelled_series:
            row["recurringEventId"] = event.series_id
        row["originalStartTime"] = _bound(event.original_start, zone, calendar.time_zone)
    if is_cancelled and not telling.cancelled_details:
        return row
    row |= {
        "htmlLink": f"https://calendar.example.test/event?eid={event.id}",
        "created": stamp(event.created),
        "updated": stamp(event.updated),
        "start": _bound(event.start, zone, calendar.time_zone),
        "end": _bound(event.end, zone, calendar.time_zone),
        "iCalUID": f"{event.series_id or event.id}@calendar.example.test",
        "sequence": 0,
        "eventType": event.event_type,
    }
    if event.transparent:
        row["transparency"] = "transparent"
    if _is_private(event, calendar):
        return row | {"visibility": "private", "eventType": "default"}
    return row | _details(event, agenda) | _guests(event, telling) | dict(event.properties)


def _is_private(event: Event, calendar: Calendar) -> bool:
    """Whether the reader may see no more of an event than its times."""
    hidden = event.visibility in {"private", "confidential"}
    return calendar.access_role == "freeBusyReader" or (hidden and calendar.access_role in _SEE_NO_PRIVATE_EVENTS)


def _details(event: Event, agenda: Agenda) -> JsonObject:
    organizer = next((guest for guest in event.attendees if guest.organizer), None)
    owner: JsonObject = {"email": agenda.email, "self": True}
    if organizer is not None and not organizer.self_:
        owner = {"email": organizer.email}
    optional = {
        "summary": event.summary,
        "description": event.description,
        "location": event.location,
        "colorId": event.color_id,
        "visibility": event.visibility,
    }
    told = {name: value for name, value in optional.items() if value is not None}
    return {"creator": owner, "organizer": owner, "reminders": {"useDefault": True}} | told


def _guests(event: Event, telling: Telling) -> JsonObject:
    guests = event.attendees
    omitted = event.attendees_omitted or (telling.most_guests is not None and len(guests) > telling.most_guests)
    if telling.most_guests is not None and len(guests) > telling.most_guests:
        guests = tuple(guest for guest in guests if guest.self_)
    rows = [
        {"email": guest.email, "responseStatus": guest.response}
        | ({"organizer": True} if guest.organizer else {})
        | ({"self": True} if guest.self_ else {})
        for guest in guests
    ]
    return ({"attendees": rows} if rows else {}) | ({"attendeesOmitted": True} if omitted else {})


def master_json(series: Series, agenda: Agenda, zone: ZoneInfo, telling: Telling = _PLAIN) -> JsonObject:
    """A series unexpanded, with its rule."""
    row = event_json(series.master, agenda, zone, telling)
    return row if series.master.status == "cancelled" else row | {"recurrence": [series.rule.text()]}


def _bound(moment: datetime | date, zone: ZoneInfo, calendar_zone: str) -> JsonObject:
    """A start or an end: told in `zone`, and with the zone in which it was entered, the calendar's if it has none."""
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    text = moment.astimezone(zone).isoformat()
    entered_in = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else calendar_zone
    return {"dateTime": text.replace("+00:00", "Z"), "timeZone": entered_in}
