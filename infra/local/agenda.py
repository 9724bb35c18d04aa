"""What the invented Google account's calendars hold, and every way in which their owner can change it."""

import hashlib
from base64 import b32hexencode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypedDict, Unpack
from zoneinfo import ZoneInfo

from infra.local.clock import Clock, Stamps

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
    """An event, or one occurrence of a series: aware times, or dates with an exclusive end for whole days."""

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
    properties: Mapping[str, object] = field(default_factory=dict)
    series_id: str | None = None
    original_start: datetime | date | None = None


@dataclass(frozen=True)
class Weekly:
    """Every week on these weekdays (Monday is 0), up to and including the date `last`."""

    weekdays: frozenset[int]
    last: date


@dataclass(frozen=True)
class Series:
    """A repeated event: `master` is its first occurrence, in the calendar's zone."""

    master: Event
    rule: Weekly


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
    properties: Mapping[str, object]


class CalendarFields(TypedDict, total=False):
    """What a person can change on an entry of the calendar list."""

    summary: str
    summary_override: str | None
    time_zone: str
    color_id: str
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


@dataclass
class Agenda:
    """The calendars by id, and by (calendar id, event id) the single events, the series and their exceptions."""

    clock: Clock
    email: str
    calendars: dict[str, Calendar] = field(default_factory=dict)
    singles: dict[tuple[str, str], Event] = field(default_factory=dict)
    series: dict[tuple[str, str], Series] = field(default_factory=dict)
    exceptions: dict[tuple[str, str], Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stamps = Stamps(self.clock)

    def calendar(self, calendar_id: str) -> Calendar | None:
        """The calendar with this id, also under its nickname `primary`; None when it is unknown or gone."""
        if calendar_id == "primary":
            return next((calendar for calendar in self.calendars.values() if calendar.primary), None)
        calendar = self.calendars.get(calendar_id)
        return None if calendar is None or calendar.deleted else calendar

    def position(self) -> datetime:
        """A mark in time: what was changed before has an earlier stamp, what will be changed a later one."""
        return self._stamps.next()

    def occurrences(self, calendar_id: str) -> list[Event]:
        """All that a calendar holds, series expanded, cancelled ones included, in the order of their starts."""
        found = [event for (owner, _), event in self.singles.items() if owner == calendar_id]
        for (owner, _), series in self.series.items():
            if owner == calendar_id:
                found.extend(self._expand(series))
        zone = ZoneInfo(self.calendars[calendar_id].time_zone)
        return sorted(found, key=lambda event: (instant(event.start, zone), event.id))

    def find(self, calendar_id: str, wanted_id: str) -> Event | None:
        """The event, occurrence or series master with this id, cancelled or not."""
        key = (calendar_id, wanted_id)
        if key in self.singles:
            return self.singles[key]
        if key in self.series:
            return self.series[key].master
        series = self.series.get((calendar_id, wanted_id.rpartition("_")[0]))
        if series is None:
            return None
        return next((event for event in self._expand(series) if event.id == wanted_id), None)

    def add_event(self, calendar_id: str, summary: str | None, start: datetime | date, end: datetime | date) -> Event:
        """Put a single event into a calendar; `edit_event` gives it colour, guests and the rest."""
        stamp = self._stamps.next()
        new_id = event_id(calendar_id, stamp.isoformat(), len(self.singles))
        event = Event(new_id, calendar_id, summary, start, end, stamp, stamp)
        self.singles[calendar_id, new_id] = event
        return event

    def add_series(self, calendar_id: str, summary: str, start: datetime, end: datetime, rule: Weekly) -> Series:
        """Put a series into a calendar whose first occurrence is from `start` to `end`."""
        stamp = self._stamps.next()
        zone = ZoneInfo(self.calendars[calendar_id].time_zone)
        new_id = event_id(calendar_id, stamp.isoformat(), "series", len(self.series))
        first = start.astimezone(zone), end.astimezone(zone)
        master = Event(new_id, calendar_id, summary, *first, stamp, stamp)
        self.series[calendar_id, new_id] = Series(master, rule)
        return self.series[calendar_id, new_id]

    def edit_event(self, calendar_id: str, wanted_id: str, **fields: Unpack[EventFields]) -> Event:
        """Change a single event, one occurrence of a series, or, by the master's id, all its occurrences."""
        event = self.find(calendar_id, wanted_id)
        if event is None:
            raise KeyError(wanted_id)
        changed = replace(event, updated=self._stamps.next(), **fields)
        key = (calendar_id, wanted_id)
        if key in self.series:
            self.series[key] = replace(self.series[key], master=changed)
        elif changed.series_id is not None:
            self.exceptions[key] = changed
        else:
            self.singles[key] = changed
        return changed

    def cancel_event(self, calendar_id: str, wanted_id: str) -> Event:
        """Delete an event, one occurrence, or by the master's id a whole series."""
        return self.edit_event(calendar_id, wanted_id, status="cancelled")

    def restore_event(self, calendar_id: str, wanted_id: str) -> Event:
        """Take a deletion back."""
        return self.edit_event(calendar_id, wanted_id, status="confirmed")

    def respond(self, calendar_id: str, wanted_id: str, response: Response) -> Event:
        """Answer an invitation as the owner, who becomes a guest of the event if not one yet."""
        event = self.find(calendar_id, wanted_id)
        if event is None:
            raise KeyError(wanted_id)
        others = tuple(attendee for attendee in event.attendees if not attendee.self_)
        me = Attendee(self.email, response, self_=True)
        return self.edit_event(calendar_id, wanted_id, attendees=(*others, me))

    def add_calendar(self, calendar_id: str, summary: str, time_zone: str, color_id: str = "1") -> Calendar:
        """Make a calendar, selected."""
        calendar = Calendar(calendar_id, summary, time_zone, color_id, self._stamps.next())
        self.calendars[calendar_id] = calendar
        return calendar

    def edit_calendar(self, calendar_id: str, **fields: Unpack[CalendarFields]) -> Calendar:
        """Rename, hide, select or deselect a calendar, or, with `deleted`, leave it."""
        calendar = replace(self.calendars[calendar_id], updated=self._stamps.next(), **fields)
        self.calendars[calendar_id] = calendar
        return calendar

    def _expand(self, series: Series) -> Iterator[Event]:
        master = series.master
        first = master.start.date() if isinstance(master.start, datetime) else master.start
        for ahead in range((series.rule.last - first).days + 1):
            day = first + timedelta(days=ahead)
            if day.weekday() in series.rule.weekdays:
                yield self._occurrence(master, day)

    def _occurrence(self, master: Event, day: date) -> Event:
        start: datetime | date = day
        end: datetime | date = day + timedelta(days=1)
        if isinstance(master.start, datetime) and isinstance(master.end, datetime):
            # Wall-clock arithmetic: a series keeps its local hour when clocks change.
            start = datetime.combine(day, master.start.timetz())
            end = start + (master.end - master.start)
        occurrence_id = instance_id(master.id, start)
        exception = self.exceptions.get((master.calendar_id, occurrence_id))
        if exception is None or (master.status == "cancelled" and exception.updated < master.updated):
            return replace(master, id=occurrence_id, start=start, end=end, series_id=master.id, original_start=start)
        return exception


def instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which an event's bound lies; a whole day's is its midnight in `zone`."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), zone).astimezone(UTC)
