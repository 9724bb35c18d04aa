"""What the invented Google account's calendars hold, and every way in which their owner can change it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Unpack
from zoneinfo import ZoneInfo

from infra.local.agenda_records import (
    Attendee,
    Calendar,
    CalendarFields,
    Event,
    EventFields,
    Response,
    Series,
    event_id,
    instance_id,
    instant,
)
from infra.local.clock import Clock, Stamps
from infra.local.expansion import expand, last_look
from infra.local.recurrence import Daily, Rule, Weekly

__all__ = [
    "Agenda",
    "Attendee",
    "Calendar",
    "Daily",
    "Event",
    "Response",
    "Series",
    "Weekly",
    "event_id",
    "instance_id",
    "instant",
]

CALENDAR_LIST = ""


@dataclass
class Agenda:
    """The calendars by id, and by (calendar id, event id) the single events, the series and their exceptions.

    `fallen` holds what a change of its series' rule or hour has done away with. Every `listeners` is told the id of the
    calendar in which something changed, or `CALENDAR_LIST`.
    """

    clock: Clock
    email: str
    calendars: dict[str, Calendar] = field(default_factory=dict)
    singles: dict[tuple[str, str], Event] = field(default_factory=dict)
    series: dict[tuple[str, str], Series] = field(default_factory=dict)
    exceptions: dict[tuple[str, str], Event] = field(default_factory=dict)
    fallen: dict[tuple[str, str], Event] = field(default_factory=dict)
    listeners: list[Callable[[str], None]] = field(default_factory=list)

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

    def updated(self, calendar_id: str) -> datetime:
        """When anything of a calendar was last changed."""
        rows = (self.singles, self.exceptions, self.fallen)
        changes = [event.updated for row in rows for (owner, _), event in row.items() if owner == calendar_id]
        changes += [series.master.updated for (owner, _), series in self.series.items() if owner == calendar_id]
        return max(changes, default=self.calendars[calendar_id].updated)

    def occurrences(self, calendar_id: str, until: date | None = None) -> list[Event]:
        """All that a calendar holds, series expanded, cancelled ones included, in the order of their starts.

        Of a series without an end it is what begins up to the day `until`, or, without that, the first 730.
        """
        found = [event for (owner, _), event in self.singles.items() if owner == calendar_id]
        for (owner, _), series in self.series.items():
            if owner == calendar_id:
                found.extend(expand(series, self.exceptions, until))
        zone = ZoneInfo(self.calendars[calendar_id].time_zone)
        return sorted(found, key=lambda event: (instant(event.start, zone), event.id))

    def find(self, calendar_id: str, wanted_id: str) -> Event | None:
        """The event, occurrence or series master with this id, cancelled or not."""
        return self._standing(calendar_id, wanted_id) or self.fallen.get((calendar_id, wanted_id))

    def falls_with_series(self, event: Event) -> bool:
        """Whether an event is gone because of its series, and not by itself."""
        if (event.calendar_id, event.id) in self.fallen:
            return True
        series = self.series.get((event.calendar_id, event.series_id or ""))
        return series is not None and series.master.status == "cancelled" and event.updated == series.master.updated

    def add_event(self, calendar_id: str, summary: str | None, start: datetime | date, end: datetime | date) -> Event:
        """Put a single event into a calendar; `edit_event` gives it colour, guests and the rest."""
        stamp = self._stamps.next()
        new_id = event_id(calendar_id, stamp.isoformat(), len(self.singles))
        event = Event(new_id, calendar_id, summary, start, end, stamp, stamp)
        self.singles[calendar_id, new_id] = event
        self._tell(calendar_id)
        return event

    def add_series(
        self, calendar_id: str, summary: str | None, start: datetime | date, end: datetime | date, rule: Rule
    ) -> Series:
        """Put a series into a calendar whose first occurrence is from `start` to `end`."""
        stamp = self._stamps.next()
        zone = ZoneInfo(self.calendars[calendar_id].time_zone)
        new_id = event_id(calendar_id, stamp.isoformat(), "series", len(self.series))
        master = Event(new_id, calendar_id, summary, _in_zone(start, zone), _in_zone(end, zone), stamp, stamp)
        return self._put_series(Series(master, rule))

    def edit_event(self, calendar_id: str, wanted_id: str, **fields: Unpack[EventFields]) -> Event:
        """Change a single event, one occurrence of a series, or, by the master's id, all its occurrences."""
        if (calendar_id, wanted_id) in self.series:
            return self.edit_series(calendar_id, wanted_id, **fields).master
        event = self._standing(calendar_id, wanted_id)
        if event is None:
            raise KeyError(wanted_id)
        changed = replace(event, updated=self._stamps.next(), **fields)
        rows = self.singles if changed.series_id is None else self.exceptions
        rows[calendar_id, wanted_id] = changed
        self._tell(calendar_id)
        return changed

    def edit_series(
        self, calendar_id: str, series_id: str, rule: Rule | None = None, **fields: Unpack[EventFields]
    ) -> Series:
        """Change all occurrences of a series, or the days on which they fall; a new `start` is the first one's."""
        series = self.series[calendar_id, series_id]
        master = replace(series.master, updated=self._stamps.next(), **fields)
        return self._put_series(Series(master, rule or series.rule))

    def end_series(self, calendar_id: str, occurrence_id: str) -> Series:
        """Delete one occurrence and all that follow it."""
        occurrence = self._occurrence(calendar_id, occurrence_id)
        series = self.series[calendar_id, str(occurrence.series_id)]
        last = _meant(occurrence) - timedelta(days=1)
        return self.edit_series(calendar_id, series.master.id, series.rule.ending(last))

    def split_series(
        self, calendar_id: str, occurrence_id: str, rule: Rule | None = None, **fields: Unpack[EventFields]
    ) -> Series:
        """Change one occurrence and all that follow it: the series ends before it, and a new one begins with it."""
        occurrence = self._occurrence(calendar_id, occurrence_id)
        series = self.series[calendar_id, str(occurrence.series_id)]
        first = next(event for event in expand(series, {}, last_look(occurrence_id)) if event.id == occurrence_id)
        self.end_series(calendar_id, occurrence_id)
        stamp = self._stamps.next()
        new_id = f"{series.master.id.partition('_R')[0]}_R{occurrence_id.rpartition('_')[2].rstrip('Z')}"
        blank = replace(first, id=new_id, series_id=None, original_start=None, created=stamp, updated=stamp)
        return self._put_series(Series(replace(blank, **fields), rule or series.rule))

    def cancel_event(self, calendar_id: str, wanted_id: str) -> Event:
        """Delete an event, one occurrence, or by the master's id a whole series."""
        return self.edit_event(calendar_id, wanted_id, status="cancelled")

    def restore_event(self, calendar_id: str, wanted_id: str) -> Event:
        """Take a deletion back."""
        return self.edit_event(calendar_id, wanted_id, status="confirmed")

    def move_event(self, calendar_id: str, wanted_id: str, to_calendar_id: str) -> Event:
        """Take a single event to another calendar, where it keeps its id; the first one tells of a deletion."""
        event = self.singles[calendar_id, wanted_id]
        self.cancel_event(calendar_id, wanted_id)
        moved = replace(event, calendar_id=to_calendar_id, updated=self._stamps.next())
        self.singles[to_calendar_id, wanted_id] = moved
        self._tell(to_calendar_id)
        return moved

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
        self._tell(CALENDAR_LIST)
        return calendar

    def edit_calendar(self, calendar_id: str, **fields: Unpack[CalendarFields]) -> Calendar:
        """Rename, hide, select or deselect a calendar, move it to another zone, or, with `deleted`, leave it.

        What is in it keeps the zones in which it was entered; whole days move with the calendar.
        """
        calendar = replace(self.calendars[calendar_id], updated=self._stamps.next(), **fields)
        self.calendars[calendar_id] = calendar
        self._tell(CALENDAR_LIST)
        return calendar

    def _tell(self, calendar_id: str) -> None:
        for listener in self.listeners:
            listener(calendar_id)

    def _standing(self, calendar_id: str, wanted_id: str) -> Event | None:
        key = (calendar_id, wanted_id)
        if key in self.singles:
            return self.singles[key]
        if key in self.series:
            return self.series[key].master
        series, until = self.series.get((calendar_id, wanted_id.rpartition("_")[0])), last_look(wanted_id)
        if series is None or until is None:
            return None
        return next((event for event in expand(series, self.exceptions, until) if event.id == wanted_id), None)

    def _occurrence(self, calendar_id: str, occurrence_id: str) -> Event:
        event = self._standing(calendar_id, occurrence_id)
        if event is None or event.series_id is None:
            raise KeyError(occurrence_id)
        return event

    def _put_series(self, series: Series) -> Series:
        """Keep a series as it is from now on; what falls on other days than before is deleted and made."""
        key = (series.master.calendar_id, series.master.id)
        former = self.series.get(key)
        self.series[key] = series
        if former is not None and _shape(former) != _shape(series):
            before = {event.id: event for event in expand(former, self.exceptions)}
            # As far as the former went: of two series without an end neither is to seem shorter than the other.
            until = max((_meant(event) for event in before.values()), default=None)
            after = {event.id for event in expand(series, {}, until)}
            for occurrence_id in before.keys() - after:
                event = replace(before[occurrence_id], status="cancelled", updated=series.master.updated)
                self.fallen[key[0], occurrence_id] = event
                self.exceptions.pop((key[0], occurrence_id), None)
            for occurrence_id in after:
                self.fallen.pop((key[0], occurrence_id), None)
        self._tell(key[0])
        return series


def _shape(series: Series) -> tuple[object, ...]:
    """What decides on which days, and at which hour, a series falls."""
    return series.rule, series.master.start


def _meant(occurrence: Event) -> date:
    """The local day for which an occurrence was first meant."""
    meant = occurrence.original_start or occurrence.start
    return meant.date() if isinstance(meant, datetime) else meant


def _in_zone(moment: datetime | date, zone: ZoneInfo) -> datetime | date:
    return moment.astimezone(zone) if isinstance(moment, datetime) else moment
