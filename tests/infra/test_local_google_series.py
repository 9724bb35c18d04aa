"""The stand-in for Google repeats events, and tells of changes to a series, as the real one does."""

from datetime import date, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from infra.local.agenda import Agenda, Daily, Event, Weekly
from infra.local.clock import ManualClock
from infra.local.habits import PRIMARY, STUDY
from infra.local.server import StandIn
from tests.infra.conftest import NOW
from tests.infra.listing import all_pages, reason, window

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
EVENTS = f"/calendars/{quote(STUDY)}/events"
EXPANDED = {"singleEvents": "true", "maxResults": "2500"}
MONDAYS = frozenset({0})

Rows = list[dict[str, object]]


@pytest.fixture
def agenda(stand_in: StandIn) -> Agenda:
    """The agenda with nothing in it but its calendars."""
    agenda = stand_in.world.agenda
    for rows in (agenda.singles, agenda.series, agenda.exceptions):
        rows.clear()
    return agenda


def repeat(agenda: Agenda, rule: Daily | Weekly) -> Event:
    """A series of an hour from now on."""
    return agenda.add_series(STUDY, "Choir", NOW, NOW + HOUR, rule).master


def listed(calendar: httpx.Client, **query: str) -> Rows:
    """Every occurrence that the calendar holds."""
    return all_pages(calendar, EVENTS, EXPANDED | query)[0]


def sync_token(calendar: httpx.Client) -> str:
    """Where the calendar stands now, seen from a window of a month."""
    token = all_pages(calendar, EVENTS, window(NOW - DAY, NOW + 30 * DAY))[1]
    assert token is not None
    return token


def delta(calendar: httpx.Client, token: str) -> dict[str, list[str]]:
    """The days of what has changed since, told apart by whether it is confirmed or cancelled."""
    days: dict[str, list[str]] = {"confirmed": [], "cancelled": []}
    for row in all_pages(calendar, EVENTS, EXPANDED | {"syncToken": token})[0]:
        days[str(row["status"])].append(str(row["id"]).rpartition("_")[2][:8])
    return days


def days_of(rows: Rows) -> list[str]:
    return [str(row["start"]["dateTime"])[:10] for row in rows]  # type: ignore[index]  # rows are JSON


def test_a_daily_series_falls_every_so_many_days(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Daily(date(2026, 3, 14), every=2))
    assert days_of(listed(calendar)) == ["2026-03-09", "2026-03-11", "2026-03-13"]
    assert calendar.get(f"{EVENTS}/{series.id}").json()["recurrence"] == [
        "RRULE:FREQ=DAILY;UNTIL=20260314T235959Z;INTERVAL=2"
    ]


def test_a_series_without_an_end_is_cut_at_730_unless_a_bound_is_given(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Daily())
    assert len(listed(calendar)) == 730
    assert len(listed(calendar, timeMax=(NOW + 1000 * DAY).isoformat())) == 1000
    beyond = f"{series.id}_20300309T052305Z"
    assert calendar.get(f"{EVENTS}/{beyond}").json()["start"]["dateTime"] == "2030-03-09T14:23:05+09:00"
    assert reason(calendar.get(f"{EVENTS}/{series.id}_20300309T000000Z")) == (404, "notFound")
    assert calendar.get(f"{EVENTS}/{series.id}").json()["recurrence"] == ["RRULE:FREQ=DAILY"]


def test_a_touched_series_comes_with_all_that_lies_beyond_the_first_window(
    stand_in: StandIn, agenda: Agenda, calendar: httpx.Client
) -> None:
    series = repeat(agenda, Daily())
    token = sync_token(calendar)
    agenda.edit_event(STUDY, series.id, summary="Chor")
    assert len(delta(calendar, token)["confirmed"]) == 730
    stand_in.google.delta_keeps_window = True
    assert len(delta(calendar, token)["confirmed"]) == 30


def test_a_deleted_series_can_announce_only_what_lies_near(
    stand_in: StandIn, agenda: Agenda, calendar: httpx.Client, clock: ManualClock
) -> None:
    series = repeat(agenda, Weekly(MONDAYS))
    alone = f"{series.id}_20271108T052305Z"
    agenda.edit_event(STUDY, alone, summary="Moved")
    token = sync_token(calendar)
    stand_in.google.announced_days = 180
    clock.advance(minutes=30)
    agenda.cancel_event(STUDY, alone)
    assert delta(calendar, token)["cancelled"] == ["20271108"]
    agenda.cancel_event(STUDY, series.id)
    told = delta(calendar, token)["cancelled"]
    assert (told[0], told[-1], len(told)) == ("20260309", "20260831", 26)
    assert listed(calendar) == []
    agenda.restore_event(STUDY, series.id)
    assert len(listed(calendar)) == 729


def test_a_shorter_rule_cancels_what_is_beyond_it(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Weekly(MONDAYS, date(2026, 4, 6)))
    token = sync_token(calendar)
    agenda.edit_series(STUDY, series.id, Weekly(MONDAYS, date(2026, 3, 23)))
    told = delta(calendar, token)
    assert told == {
        "confirmed": ["20260309", "20260316", "20260323"],
        "cancelled": ["20260330", "20260406"],
    }
    assert len(listed(calendar, showDeleted="true")) == 3
    agenda.edit_series(STUDY, series.id, Weekly(MONDAYS, date(2026, 3, 30)))
    assert delta(calendar, token)["cancelled"] == ["20260406"]


def test_another_hour_for_a_whole_series_makes_other_occurrences(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Weekly(MONDAYS, date(2026, 3, 16)))
    token = sync_token(calendar)
    former = {str(row["id"]) for row in listed(calendar)}
    agenda.edit_event(STUDY, series.id, start=NOW + HOUR, end=NOW + 3 * HOUR)
    present = {str(row["id"]) for row in listed(calendar)}
    assert not former & present
    assert {row["id"] for row in all_pages(calendar, EVENTS, EXPANDED | {"syncToken": token})[0]} == former | present


def test_this_and_following_ends_one_series_and_begins_another(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Weekly(MONDAYS, date(2026, 4, 6)))
    token = sync_token(calendar)
    third = f"{series.id}_20260323T052305Z"
    following = agenda.split_series(STUDY, third, summary="Chor", start=NOW + 14 * DAY - HOUR, end=NOW + 14 * DAY)
    rows = listed(calendar)
    assert days_of(rows) == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06"]
    assert [row["summary"] for row in rows] == ["Choir"] * 2 + ["Chor"] * 3
    assert rows[2]["id"] == f"{series.id}_R20260323T052305_20260323T042305Z"
    assert {row["recurringEventId"] for row in rows[2:]} == {following.master.id}
    assert delta(calendar, token)["cancelled"] == ["20260323", "20260330", "20260406"]
    masters = {row["id"] for row in all_pages(calendar, EVENTS, {})[0] if "recurrence" in row}
    assert masters == {series.id, following.master.id}


def test_this_and_following_can_be_deleted(agenda: Agenda, calendar: httpx.Client) -> None:
    series = repeat(agenda, Weekly(MONDAYS, date(2026, 4, 6)))
    agenda.end_series(STUDY, f"{series.id}_20260316T052305Z")
    assert days_of(listed(calendar)) == ["2026-03-09"]
    assert calendar.get(f"{EVENTS}/{series.id}_20260316T052305Z").json()["status"] == "cancelled"


def test_a_series_of_whole_days_is_told_by_dates(agenda: Agenda, calendar: httpx.Client) -> None:
    first = date(2026, 3, 9)
    series = agenda.add_series(STUDY, "Camp", first, first + 2 * DAY, Weekly(MONDAYS, date(2026, 3, 16))).master
    rows = listed(calendar)
    assert [(row["id"], row["start"], row["end"]) for row in rows] == [
        (f"{series.id}_20260309", {"date": "2026-03-09"}, {"date": "2026-03-11"}),
        (f"{series.id}_20260316", {"date": "2026-03-16"}, {"date": "2026-03-18"}),
    ]


def test_a_series_keeps_its_hour_when_its_calendar_moves_to_another_zone(
    agenda: Agenda, calendar: httpx.Client
) -> None:
    repeat(agenda, Weekly(MONDAYS, date(2026, 3, 16)))
    before = listed(calendar)
    agenda.edit_calendar(STUDY, time_zone="Europe/Lisbon")
    page = calendar.get(EVENTS, params=EXPANDED).json()
    assert page["timeZone"] == "Europe/Lisbon"
    for row, former in zip(page["items"], before, strict=True):
        assert row["start"] == {"dateTime": row["start"]["dateTime"], "timeZone": "Asia/Tokyo"}
        assert row["start"]["dateTime"].endswith("05:23:05Z")
        assert row["id"] == former["id"]
        start = str(former["start"]["dateTime"])  # type: ignore[index]  # rows are JSON
        assert datetime.fromisoformat(row["start"]["dateTime"]) == datetime.fromisoformat(start)


def test_an_event_moved_to_another_calendar_is_gone_from_one_and_in_the_other(
    agenda: Agenda, calendar: httpx.Client
) -> None:
    event = agenda.add_event(STUDY, "Exam", NOW, NOW + HOUR)
    token = sync_token(calendar)
    agenda.move_event(STUDY, event.id, PRIMARY)
    changed = all_pages(calendar, EVENTS, EXPANDED | {"syncToken": token})[0]
    there = calendar.get(f"/calendars/primary/events/{event.id}").json()
    assert [(row["id"], row["status"]) for row in changed] == [(event.id, "cancelled")]
    assert (there["status"], there["summary"]) == ("confirmed", "Exam")
    agenda.move_event(PRIMARY, event.id, STUDY)
    assert calendar.get(f"{EVENTS}/{event.id}").json()["status"] == "confirmed"
