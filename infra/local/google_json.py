"""Google Calendar's records as its API v3 writes them, and its fixed palette of colours."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from infra.local.agenda import Agenda, Calendar, Event, Series
from infra.local.wire import JsonObject

_DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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


def event_json(event: Event, agenda: Agenda, zone: ZoneInfo) -> JsonObject:
    """An event with its times told in `zone`; of a cancelled one only what the service guarantees."""
    row: JsonObject = {
        "kind": "calendar#event",
        "etag": etag(event.updated),
        "id": event.id,
        "status": event.status,
    }
    calendar_zone = agenda.calendars[event.calendar_id].time_zone
    if event.series_id is not None and event.original_start is not None:
        row["recurringEventId"] = event.series_id
        row["originalStartTime"] = _bound(event.original_start, zone, calendar_zone)
    if event.status == "cancelled":
        return row
    organizer = next((guest for guest in event.attendees if guest.organizer), None)
    mine = organizer is None or organizer.self_
    owner: JsonObject = (
        {"email": agenda.email, "self": True} if mine else {"email": organizer.email if organizer else ""}
    )
    row |= {
        "htmlLink": f"https://calendar.example.test/event?eid={event.id}",
        "created": stamp(event.created),
        "updated": stamp(event.updated),
        "creator": owner,
        "organizer": owner,
        "start": _bound(event.start, zone, calendar_zone),
        "end": _bound(event.end, zone, calendar_zone),
        "iCalUID": f"{event.series_id or event.id}@calendar.example.test",
        "sequence": 0,
        "reminders": {"useDefault": True},
        "eventType": event.event_type,
    }
    optional = {
        "summary": event.summary,
        "description": event.description,
        "location": event.location,
        "colorId": event.color_id,
        "visibility": event.visibility,
        "transparency": "transparent" if event.transparent else None,
    }
    row |= {name: value for name, value in optional.items() if value is not None}
    if event.attendees:
        row["attendees"] = [
            {"email": guest.email, "responseStatus": guest.response}
            | ({"organizer": True} if guest.organizer else {})
            | ({"self": True} if guest.self_ else {})
            for guest in event.attendees
        ]
    return row | dict(event.properties)


def master_json(series: Series, agenda: Agenda, zone: ZoneInfo) -> JsonObject:
    """A series unexpanded, with its rule."""
    row = event_json(series.master, agenda, zone)
    if series.master.status == "cancelled":
        return row
    days = ",".join(_DAY_CODES[weekday] for weekday in sorted(series.rule.weekdays))
    return row | {"recurrence": [f"RRULE:FREQ=WEEKLY;UNTIL={series.rule.last:%Y%m%d}T235959Z;BYDAY={days}"]}


def _bound(moment: datetime | date, zone: ZoneInfo, calendar_zone: str) -> JsonObject:
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    text = moment.astimezone(zone).isoformat()
    return {"dateTime": text.replace("+00:00", "Z"), "timeZone": calendar_zone}
