"""Whatever happens in a person's calendars, in whatever order and however Google tells of it, the mirror is equal."""

from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from infra.local.agenda import Agenda, Event
from infra.local.clock import ManualClock
from infra.local.faults import Fault, FaultKind
from infra.local.habits import PRIMARY, STUDY, WORK
from infra.local.life import live
from infra.local.recurrence import Weekly
from infra.local.server import StandIn
from tasks.errors import LifetracerError
from tests.conftest import new_database
from tests.tasks.conftest import NOW, TOKYO, broken_histories, live_rows
from tests.tasks.google import EVENTS, events_of, syncing
from tests.tasks.machine import run_machine

CALENDARS = (PRIMARY, WORK, STUDY)
# Within the wide window, but for a day, all that there is must be stored; beyond it only what once was inside.
WIDE = timedelta(days=399)
# An ordinary sync of three calendars asks for the list and three deltas; news of every kind add windows and questions.
MOST_REQUESTS = 60

choices = st.integers(0, 10_000)
days_ahead = st.sampled_from([-450, -380, -35, -29, -10, 0, 5, 59, 70, 200, 380, 450])
calendars = st.sampled_from(CALENDARS)


class CalendarMirror(RuleBasedStateMachine):
    """Three calendars that change at random, and a mirror that is synced now and then."""

    def __init__(self, postgres_url: str, template: str) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = ManualClock(NOW)
        self.stand_in = self.stack.enter_context(StandIn(live(7, self.clock, TOKYO, days=2)))
        url = self.stack.enter_context(new_database(postgres_url, template))
        self.connection = self.stack.enter_context(psycopg.connect(url, options="-c timezone=UTC"))
        self.sync_now = syncing(self.stand_in, self.connection)
        self.sync_now()

    @property
    def agenda(self) -> Agenda:
        """The calendars as their owner sees them."""
        return self.stand_in.world.agenda

    def single(self, calendar_id: str, choice: int, *, cancelled: bool = False) -> Event | None:
        """One of a calendar's single events that are, or are not, deleted."""
        found = [
            event
            for (owner, _), event in self.agenda.singles.items()
            if owner == calendar_id and (event.status == "cancelled") == cancelled
        ]
        return found[choice % len(found)] if found else None

    def occurrence(self, calendar_id: str, choice: int) -> Event | None:
        """One of the occurrences that are alive, of any series in a calendar."""
        found = [
            event
            for event in self.agenda.occurrences(calendar_id)
            if event.series_id is not None and event.status != "cancelled"
        ]
        return found[choice % len(found)] if found else None

    def series(self, choice: int) -> tuple[str, str]:
        """One of the series: its calendar and its id."""
        return list(self.agenda.series)[choice % len(self.agenda.series)]

    def moment(self, days: int) -> datetime:
        """A whole minute so many days ahead."""
        return (self.clock() + timedelta(days=days)).replace(second=0, microsecond=0)

    @rule(calendar_id=calendars, days=days_ahead, hours=st.integers(0, 50))
    def add(self, calendar_id: str, days: int, hours: int) -> None:
        start = self.moment(days)
        self.agenda.add_event(calendar_id, "new", start, start + timedelta(hours=hours))

    @rule(calendar_id=calendars, days=days_ahead, length=st.integers(1, 3))
    def add_whole_days(self, calendar_id: str, days: int, length: int) -> None:
        first = self.moment(days).date()
        self.agenda.add_event(calendar_id, "whole day", first, first + timedelta(days=length))

    @rule(
        calendar_id=calendars,
        first=st.sampled_from([-60, 0, 30]),
        last=st.sampled_from([None, 10, 100, 300, 500]),
        weekday=st.integers(0, 6),
    )
    def add_series(self, calendar_id: str, first: int, last: int | None, weekday: int) -> None:
        start = self.moment(first)
        start += timedelta(days=(weekday - start.astimezone(TOKYO).weekday()) % 7)
        end = None if last is None else start.date() + timedelta(days=last)
        rule_of_series = Weekly(frozenset({weekday}), end)
        self.agenda.add_series(calendar_id, "weekly", start, start + timedelta(hours=1), rule_of_series)

    @rule(calendar_id=calendars, choice=choices, days=days_ahead)
    def move_in_time(self, calendar_id: str, choice: int, days: int) -> None:
        if (event := self.single(calendar_id, choice)) is not None:
            start = self.moment(days)
            self.agenda.edit_event(calendar_id, event.id, start=start, end=start + timedelta(hours=1))

    @rule(calendar_id=calendars, choice=choices, text=st.text(max_size=6))
    def rename(self, calendar_id: str, choice: int, text: str) -> None:
        if (event := self.single(calendar_id, choice)) is not None:
            self.agenda.edit_event(calendar_id, event.id, summary=text)

    @rule(calendar_id=calendars, choice=choices, other=calendars)
    def move_to_calendar(self, calendar_id: str, choice: int, other: str) -> None:
        event = self.single(calendar_id, choice)
        if event is not None and other != calendar_id:
            self.agenda.move_event(calendar_id, event.id, other)

    @rule(calendar_id=calendars, choice=choices)
    def cancel(self, calendar_id: str, choice: int) -> None:
        if (event := self.single(calendar_id, choice)) is not None:
            self.agenda.cancel_event(calendar_id, event.id)

    @rule(calendar_id=calendars, choice=choices)
    def restore(self, calendar_id: str, choice: int) -> None:
        if (event := self.single(calendar_id, choice, cancelled=True)) is not None:
            self.agenda.restore_event(calendar_id, event.id)

    @rule(calendar_id=calendars, choice=choices)
    def decline(self, calendar_id: str, choice: int) -> None:
        if (event := self.single(calendar_id, choice)) is not None:
            self.agenda.respond(calendar_id, event.id, "declined")

    @rule(calendar_id=calendars, choice=choices, what=st.sampled_from(["move", "far", "cancel", "following", "end"]))
    def change_occurrence(self, calendar_id: str, choice: int, what: str) -> None:
        event = self.occurrence(calendar_id, choice)
        if event is None or not isinstance(event.start, datetime) or not isinstance(event.end, datetime):
            return
        match what:
            case "move" | "far":
                later = timedelta(hours=3) if what == "move" else timedelta(days=90)
                self.agenda.edit_event(calendar_id, event.id, start=event.start + later, end=event.end + later)
            case "cancel":
                self.agenda.cancel_event(calendar_id, event.id)
            case "following" if event.id not in {key for _, key in self.agenda.exceptions}:
                self.agenda.split_series(calendar_id, event.id, summary="from here on")
            case "end":
                self.agenda.end_series(calendar_id, event.id)

    @rule(choice=choices, what=st.sampled_from(["rename", "cancel", "restore"]))
    def change_series(self, choice: int, what: str) -> None:
        calendar_id, series_id = self.series(choice)
        match what:
            case "rename":
                self.agenda.edit_series(calendar_id, series_id, summary=f"renamed {choice}")
            case "cancel":
                self.agenda.cancel_event(calendar_id, series_id)
            case "restore":
                self.agenda.restore_event(calendar_id, series_id)

    @rule(calendar_id=st.sampled_from([WORK, STUDY]))
    def tick_or_untick(self, calendar_id: str) -> None:
        self.agenda.edit_calendar(calendar_id, selected=not self.agenda.calendars[calendar_id].selected)

    @rule(hours=st.sampled_from([0.1, 30, 24 * 8, 24 * 40]))
    def pass_time(self, hours: float) -> None:
        self.clock.advance(hours=hours)

    @rule(which=st.sampled_from(["announced", "withheld", "window", "pages", "expired", "access"]))
    def mood(self, which: str) -> None:
        google = self.stand_in.google
        match which:
            case "announced":
                google.announced_days = None if google.announced_days else 180
            case "withheld":
                google.withhold_sync_token = not google.withhold_sync_token
            case "window":
                google.delta_keeps_window = not google.delta_keeps_window
            case "pages":
                google.page_cap = 2500 if google.page_cap < 2500 else 300
            case "expired":
                self.stand_in.calendar_api.expire_sync_tokens()
            case "access":
                self.stand_in.google_auth.expire_access_tokens()

    @rule(
        path=st.sampled_from(
            ["/calendar/v3/calendars", "/calendar/v3/users", "/token", f"/calendar/v3/calendars/{WORK}"]
        ),
        kind=st.sampled_from(["status", "reset", "truncated"]),
        times=st.integers(1, 6),
        after=st.integers(0, 4),
    )
    def misfortune(self, path: str, kind: FaultKind, times: int, after: int) -> None:
        self.stand_in.faults.add(Fault(path, kind, times=times, after=after, status=503))

    @rule()
    def sync(self) -> None:
        try:
            assert self.sync_now().requests <= MOST_REQUESTS
        except LifetracerError:
            return
        if not list(self.stand_in.faults):
            self.compare()

    def compare(self) -> None:
        """What is stored is what there is, and within the wide window all of it is stored."""
        selected = [key for key in CALENDARS if self.agenda.calendars[key].selected]
        truth = self.truth(selected)
        # An entity tag alone makes no row worth rewriting.
        stored = {key: row | {"etag": None} for key, row in live_rows(self.connection, EVENTS).items()}
        assert {key: row for key, row in stored.items() if truth.get(key, (None,))[0] != row} == {}
        opens, closes = self.clock() - WIDE, self.clock() + WIDE - timedelta(days=8)
        assert {key for key, (_, start, end) in truth.items() if end > opens and start < closes} <= stored.keys()

    def truth(self, selected: list[str]) -> dict[str, tuple[dict[str, object], datetime, datetime]]:
        """The living events of calendars by the id they are stored under: what each says, its start and its end."""
        rows = events_of(self.agenda, *selected)
        bounds = {
            f"{event.calendar_id}:{event.id}": (_instant(event.start), _instant(event.end))
            for calendar_id in selected
            for event in self.agenda.occurrences(calendar_id)
        }
        return {key: (row | {"etag": None}, *bounds[key]) for key, row in rows.items()}

    def teardown(self) -> None:
        try:
            self.stand_in.faults.clear()
            self.stand_in.google.withhold_sync_token = False
            self.sync_now()
            self.compare()
            self.sync_now()
            selected = sum(self.agenda.calendars[key].selected for key in CALENDARS)
            assert self.sync_now().requests == 1 + selected
            assert broken_histories(self.connection) == []
        finally:
            self.stack.close()


def _instant(bound: datetime | date) -> datetime:
    if isinstance(bound, datetime):
        return bound.astimezone(UTC)
    return datetime.combine(bound, time(), TOKYO).astimezone(UTC)


@pytest.mark.timeout(1200)
def test_the_mirror_equals_the_calendars_after_every_sync(postgres_url: str, migrated_template: str) -> None:
    run_machine(lambda: CalendarMirror(postgres_url, migrated_template), examples=20)
