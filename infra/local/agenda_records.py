"""What a Google account's calendars are made of: calendars, guests, events, series, and how their ids are made."""

import hashlib
from base64 import b32hexencode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from infra.local.recurrence import Rule

Response = Literal["needsAction", "declined", "tentative", "accepted"]
Status = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True)
class Calendar:
    """One entry of the owner's calendar list; `color_id` is one of Google's 24 calendar colours."""

    id: str
    summary: str
    time_zone: str
    color_id: str
    updated: datetime
    summary_override: str | None = None
    access_role: str = "owner"
    primary: bool = False
    selected: bool = True
    hidden: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class Attendee:
    """One guest of an event; `self_` marks the calendar's owner."""

    email: str
    response: Response = "accepted"
    organizer: bool = False
    self_: bool = False


@dataclass(frozen=True)
class Event:
    """An event, or one occurrence of a series: aware times, or dates with an exclusive end for whole days.

    The zones of its times are told with them; where a time has none but an offset, the calendar's is. With
    `attendees_omitted` the guests are known in part. `properties` are written over whatever else an event says.
    """

    id: str
    calendar_id: str
    summary: str | None
    start: datetime | date
    end: datetime | date
    created: datetime
    updated: datetime
    status: Status = "confirmed"
    event_type: str = "default"
    color_id: str | None = None
    transparent: bool = False
    visibility: str | None = None
    description: str | None = None
    location: str | None = None
    attendees: tuple[Attendee, ...] = ()
    attendees_omitted: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)
    series_id: str | None = None
    original_start: datetime | date | None = None


@dataclass(frozen=True)
class Series:
    """A repeated event: `master` is its first occurrence, in the zone in which it keeps its hour."""

    master: Event
    rule: Rule


class EventFields(TypedDict, total=False):
    """What a person can change on an event."""

    summary: str | None
    start: datetime | date
    end: datetime | date
    status: Status
    event_type: str
    color_id: str | None
    transparent: bool
    visibility: str | None
    description: str | None
    location: str | None
    attendees: tuple[Attendee, ...]
    attendees_omitted: bool
    properties: Mapping[str, object]


class CalendarFields(TypedDict, total=False):
    """What a person can change on an entry of the calendar list."""

    summary: str
    summary_override: str | None
    time_zone: str
    color_id: str
    access_role: str
    selected: bool
    hidden: bool
    deleted: bool


def event_id(*parts: object) -> str:
    """An id in Google's alphabet (base32hex, 26 characters) that depends on `parts` alone."""
    digest = hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()
    return b32hexencode(digest).decode().lower()[:26]


def instance_id(series_id: str, original_start: datetime | date) -> str:
    """The id of the occurrence of a series that was first meant for `original_start`."""
    if isinstance(original_start, datetime):
        return f"{series_id}_{original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{series_id}_{original_start:%Y%m%d}"


def instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which an event's bound lies; a whole day's is its midnight in `zone`."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), zone).astimezone(UTC)
