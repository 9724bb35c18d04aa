"""The invented life is believable and repeats itself exactly; misfortunes strike when they are ordered."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx
import pytest

from infra.local.agenda import Event
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.habits import PRIMARY, WORK
from infra.local.life import live
from infra.local.server import StandIn
from infra.local.track import Entry
from infra.local.world import World
from tasks.settings import PROJECT_ROOT
from tests.infra.conftest import NOW, TOKYO, calendar_client, toggl_client

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world() -> World:
    return live(7, ManualClock(NOW), TOKYO)


def local_day(entry: Entry) -> date:
    return entry.start.astimezone(TOKYO).date()


def events(world: World) -> list[Event]:
    selected = [calendar.id for calendar in world.agenda.calendars.values() if calendar.selected]
    return [event for calendar_id in selected for event in world.agenda.occurrences(calendar_id)]


def everything_served(world: World) -> str:
    """All that a reader can be shown of a world, as text."""
    with StandIn(world) as stand_in, toggl_client(stand_in) as toggl, calendar_client(stand_in) as calendar:
        answers = [
            toggl.get("/me", params={"with_related_data": "true"}),
            *(toggl.get("/me/time_entries", params={"before": (NOW - ago * DAY).isoformat()}) for ago in (0, 25, 50)),
            calendar.get("/users/me/calendarList", params={"fields": "items"}),
            *(
                calendar.get(
                    f"/calendars/{key}/events", params={"singleEvents": "true", "maxResults": "2500", "fields": "items"}
                )
                for key in (PRIMARY, WORK)
            ),
        ]
    return json.dumps([answer.raise_for_status().json() for answer in answers])


def test_the_same_seed_and_present_serve_the_same_bytes() -> None:
    assert everything_served(live(7, ManualClock(NOW), TOKYO)) == everything_served(live(7, ManualClock(NOW), TOKYO))


def test_another_seed_is_another_life(world: World) -> None:
    assert live(8, ManualClock(NOW), TOKYO).track.entries != world.track.entries


def test_the_past_stays_as_it_was_while_the_present_goes_on(world: World) -> None:
    later = live(7, ManualClock(NOW + 2 * DAY), TOKYO, days=102)
    settled = {key: entry for key, entry in world.track.entries.items() if local_day(entry) < NOW.date() - DAY}
    plans = {(event.calendar_id, event.id): event for event in events(later)}
    assert settled.items() <= later.track.entries.items()
    assert [
        event
        for event in events(world)
        if event != plans[event.calendar_id, event.id] and plans[event.calendar_id, event.id].updated <= NOW
    ] == []


def test_the_history_is_100_days_of_25_to_45_entries_up_to_now(world: World) -> None:
    per_day = Counter(map(local_day, world.track.live_entries()))
    whole_days = [count for day, count in per_day.items() if day < NOW.date()]
    assert len(whole_days) == 100
    assert 25 <= min(whole_days) <= max(whole_days) <= 45


def test_one_timer_runs_and_nothing_lies_in_the_future(world: World) -> None:
    entries = world.track.entries.values()
    assert sum(entry.stop is None for entry in entries) == 1
    assert max(entry.stop or entry.start for entry in entries) <= NOW
    assert max(entry.at for entry in entries) <= NOW


@pytest.mark.parametrize("hour", [0, 3, 7, 9, 12, 16, 20, 23])
def test_a_timer_runs_at_any_time_of_the_day(hour: int) -> None:
    running = live(7, ManualClock(NOW.replace(hour=hour)), TOKYO, days=2).track.running_entry()
    assert running is not None
    assert running.start > NOW.replace(hour=hour) - timedelta(hours=10)


def test_the_entries_have_every_awkward_shape(world: World) -> None:
    entries = sorted(world.track.live_entries(), key=lambda entry: entry.start)
    finished = [(entry, entry.stop) for entry in entries if entry.stop is not None]
    pairs = [(a, a_stop, b, b_stop) for (a, a_stop), (b, b_stop) in pairwise(finished)]
    shapes = {
        "nested": sum(a.start < b.start and b_stop < a_stop for a, a_stop, b, b_stop in pairs),
        "overlapping": sum(a.start < b.start < a_stop < b_stop for a, a_stop, b, b_stop in pairs),
        "of equal start": sum(a.start == b.start for a, _, b, _ in pairs),
        "after a gap": sum(timedelta(minutes=5) <= b.start - a_stop <= timedelta(hours=1) for a, a_stop, b, _ in pairs),
        "across midnight": sum(local_day(entry) < stop.astimezone(TOKYO).date() for entry, stop in finished),
        "without a project": sum(entry.project_id is None for entry in entries),
        "deleted": sum(entry.deleted_at is not None for entry in world.track.entries.values()),
        "edited long after": sum(entry.at - stop > timedelta(hours=1) for entry, stop in finished),
        "beyond Toggl's reach": sum(entry.start < NOW - 91 * DAY for entry in entries),
    }
    assert {name: count for name, count in shapes.items() if count < 20} == {}


def test_every_project_is_booked_and_one_of_them_is_archived(world: World) -> None:
    booked = {entry.project_id for entry in world.track.live_entries()} - {None}
    archived = [project for project in world.track.projects.values() if not project.active]
    assert booked == set(world.track.projects)
    assert [world.track.clients[project.client_id or 0].archived for project in archived] == [True]


def test_the_calendars_have_every_awkward_shape(world: World) -> None:
    found = events(world)
    shapes = {
        "whole day": sum(not isinstance(event.start, datetime) for event in found),
        "several days": sum(
            not isinstance(event.start, datetime) and event.end - event.start > DAY  # type: ignore[operator]
            for event in found
        ),
        "free": sum(event.transparent and isinstance(event.start, datetime) for event in found),
        "declined": sum(guest.self_ and guest.response == "declined" for event in found for guest in event.attendees),
        "cancelled alone": sum(event.status == "cancelled" and event.series_id is None for event in found),
        "cancelled instance": sum(event.status == "cancelled" and event.series_id is not None for event in found),
        "moved instance": sum(
            event.status == "confirmed" and event.start != event.original_start
            for event in found
            if event.series_id is not None
        ),
        "working location": sum(event.event_type == "workingLocation" for event in found),
        "birthday": sum(event.event_type == "birthday" for event in found),
        "untitled": sum(event.summary is None for event in found),
        "coloured": sum(event.color_id is not None for event in found),
    }
    assert [name for name, count in shapes.items() if count == 0] == []


def test_tomorrow_is_planned_and_so_is_what_lies_between_two_months_ago_and_six_weeks_ahead(world: World) -> None:
    days = {event.start.astimezone(TOKYO).date() for event in events(world) if isinstance(event.start, datetime)}
    assert {NOW.date() + number * DAY for number in range(-60, 46)} <= days


def test_ordinary_days_are_kept_to_about_half_to_most_of_their_plan(world: World) -> None:
    days = [NOW.date() - ago * DAY for ago in range(1, 58)]
    kept = [adherence(world, day) for day in days]
    assert sum(0.45 <= share <= 0.85 for share in kept) >= 0.85 * len(days)


def adherence(world: World, day: date) -> float:
    """The share of a day's planned minutes in which the project of the plan's title was what began last."""
    midnight = datetime.combine(day, datetime.min.time(), TOKYO)
    names = {project.id: project.name for project in world.track.projects.values()}
    entries = sorted(world.track.live_entries(), key=lambda entry: (entry.start, entry.id))
    doing: list[str] = [""] * 1440
    for entry in entries:
        if entry.stop is not None and local_day(entry) in {day, day - DAY}:
            for minute in minutes_of(midnight, entry.start, entry.stop):
                doing[minute] = names.get(entry.project_id or 0, "")
    planned = {
        (minute, event.summary)
        for event in events(world)
        if isinstance(event.start, datetime)
        and isinstance(event.end, datetime)
        and event.status != "cancelled"
        and not event.transparent
        and all(guest.response != "declined" for guest in event.attendees)
        for minute in minutes_of(midnight, event.start, event.end)
    }
    assert 8 * 60 <= len(planned) <= 18 * 60
    return sum(doing[minute] == title for minute, title in planned) / len(planned)


def minutes_of(midnight: datetime, start: datetime, stop: datetime) -> range:
    """The minutes of the day from `midnight` that an interval covers."""
    first, last = ((moment - midnight) // timedelta(minutes=1) for moment in (start, stop))
    return range(max(0, first), min(1440, last))


def test_a_life_in_a_zone_with_clock_changes_has_no_backward_entry() -> None:
    zone = ZoneInfo("America/New_York")
    entries = live(7, ManualClock(NOW), zone, days=3).track.entries.values()
    assert all(entry.start < entry.stop for entry in entries if entry.stop is not None)


def test_faults_strike_the_paths_and_the_times_that_were_ordered(stand_in: StandIn, toggl: httpx.Client) -> None:
    for fault in (
        Fault("/api/v9/me", "status", status=502, body="<html>", times=2),
        Fault("/api/v9/me", "reset"),
        Fault("/api/v9/me", "truncated"),
        Fault("/api/v9/me", "null"),
    ):
        stand_in.faults.add(fault)
    assert toggl.get("/workspaces").status_code == 200
    assert [toggl.get("/me").status_code, toggl.get("/me").status_code] == [502, 502]
    with pytest.raises(httpx.ReadError):
        toggl.get("/me")
    with pytest.raises(json.JSONDecodeError):
        toggl.get("/me").json()
    assert toggl.get("/me").json() is None
    assert toggl.get("/me").json()["email"] == PRIMARY


def test_a_slow_answer_outlasts_a_timeout(stand_in: StandIn, toggl: httpx.Client) -> None:
    stand_in.faults.add(Fault("/api/v9/me", "slow", after=1, seconds=0.3))
    assert toggl.get("/me", timeout=0.1).status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        toggl.get("/me", timeout=0.1)


def test_every_request_is_in_the_log(stand_in: StandIn, toggl: httpx.Client) -> None:
    toggl.get("/me/time_entries", params={"since": "1772000000"})
    assert [(seen.method, seen.path, seen.query) for seen in stand_in.requests] == [
        ("GET", "/api/v9/me/time_entries", "since=1772000000")
    ]


@pytest.mark.parametrize("ending", ["stdin", "SIGTERM"])
def test_the_command_prints_its_address_and_ends_when_told(ending: str) -> None:
    command = [sys.executable, "-m", "infra.local", "--now", "2026-03-09T14:23:05+09:00", "--days", "3"]
    process = subprocess.Popen(
        [*command, "--until-stdin-closes"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT_ROOT,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert httpx.get(f"{address}/api/v9/me").headers["Date"].startswith("Mon, 09 Mar 2026 05:23")
    if ending == "stdin":
        process.stdin.close()
    else:
        os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    process.stdin.close()
    assert (process.stdout.read(), process.stderr.read() if process.stderr else "") == ("", "")
