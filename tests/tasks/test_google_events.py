"""Every change of a calendar arrives with the next sync, wherever it lies, and a sync costs no more than it must."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import psycopg
import pytest
from pydantic import SecretStr

from infra.local.agenda import Agenda, Series
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.habits import PRIMARY, STUDY, WORK
from infra.local.recurrence import Daily
from infra.local.server import StandIn
from tasks.errors import SourceUnavailable
from tasks.google_calendar import CalendarClient
from tests.tasks.conftest import TOKYO, live_rows, versions
from tests.tasks.google import EVENTS, SELECTED, Sync, access_to, events_of, source_id, syncing

STEADY = 1 + len(SELECTED)
LESSONS = f"/calendar/v3/calendars/{STUDY}/events"


@pytest.fixture
def sync(stand_in: StandIn, connection: psycopg.Connection) -> Sync:
    return syncing(stand_in, connection)


@pytest.fixture
def agenda(stand_in: StandIn) -> Agenda:
    return stand_in.world.agenda


def every_day(agenda: Agenda, start: datetime, days: int) -> Series:
    """A lesson of an hour, on each of so many days."""
    start = start.astimezone(TOKYO)
    rule = Daily(start.date() + timedelta(days=days - 1))
    return agenda.add_series(STUDY, "Every day", start, start + timedelta(hours=1), rule)


def asked(stand_in: StandIn) -> list[dict[str, list[str]]]:
    """The parameters of the listings of events that were asked for."""
    return [parse_qs(request.query) for request in stand_in.requests if request.path.endswith("/events")]


def tombstone(connection: psycopg.Connection, source_id: str) -> tuple[str | None, bool]:
    """What a row is still called, and whether it has a tombstone."""
    with connection.transaction():
        row = connection.execute(
            "select data->>'summary', deleted_at is not null from raw.google_calendar__events where source_id = %s",
            (source_id,),
        ).fetchone()
    assert row is not None
    return row


def cursor_of(connection: psycopg.Connection, calendar_id: str) -> dict[str, str]:
    with connection.transaction():
        row = connection.execute(
            "select cursor from raw.sync_state where stream = %s", (f"events:{calendar_id}",)
        ).fetchone()
    return row[0] if row else {}


def legacy_write(connection: psycopg.Connection, source_id: str, data: str) -> None:
    """Store an event as a writer does that knows only the five old columns."""
    with connection.transaction():
        connection.execute(
            "insert into raw.google_calendar__events (source_id, data, synced_at) values (%s, %s, now())"
            " on conflict (source_id) do update set data = excluded.data, synced_at = excluded.synced_at",
            (source_id, data),
        )


@pytest.mark.parametrize("days", [-300, -45, 75, 300])
def test_a_change_far_from_today_arrives_with_the_next_sync(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection, days: int
) -> None:
    then = clock() + timedelta(days=days)
    changed, cancelled, declined = (
        agenda.add_event(PRIMARY, name, then, then + timedelta(hours=5)) for name in ("Fair", "Visit", "Dinner")
    )
    sync()
    clock.advance(hours=1)
    agenda.edit_event(PRIMARY, changed.id, summary="Fair, day 1")
    agenda.cancel_event(PRIMARY, cancelled.id)
    agenda.respond(PRIMARY, declined.id, "declined")
    agenda.add_event(PRIMARY, "Holiday", then.date(), (then + timedelta(days=3)).date())
    assert sync().requests == STEADY + 1
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert tombstone(connection, source_id(cancelled)) == ("Visit", True)

    clock.advance(hours=1)
    agenda.restore_event(PRIMARY, cancelled.id)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_what_happens_near_today_costs_only_the_ordinary_window(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    tomorrow = clock() + timedelta(days=1)
    event = agenda.add_event(PRIMARY, "Dentist", tomorrow, tomorrow + timedelta(hours=1))
    sync()
    clock.advance(hours=1)
    agenda.edit_event(PRIMARY, event.id, summary="Dentist, upstairs")
    stand_in.requests.clear()
    assert sync().requests == STEADY + 1
    windows = [query for query in asked(stand_in) if "timeMin" in query]
    assert [query["timeMin"] for query in windows] == [[(clock() - timedelta(days=30)).isoformat()]]
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_an_event_is_followed_wherever_it_is_moved(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    start = clock() + timedelta(days=10)
    event = agenda.add_event(PRIMARY, "Journey", start, start + timedelta(hours=1))
    series = every_day(agenda, clock(), 20)
    lesson = f"{series.master.id}_{start:%Y%m%dT%H%M%SZ}"
    sync()
    for days in (200, 500, 900, -500, 20):
        clock.advance(hours=1)
        then = start + timedelta(days=days)
        agenda.edit_event(PRIMARY, event.id, start=then, end=then + timedelta(hours=1))
        agenda.edit_event(STUDY, lesson, start=then, end=then + timedelta(hours=2))
        assert sync().requests <= STEADY + 4
        assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_an_event_outside_the_wide_window_can_be_cancelled_and_come_back(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    start = clock() + timedelta(days=10)
    event = agenda.add_event(PRIMARY, "Journey", start, start + timedelta(hours=1))
    sync()
    agenda.edit_event(PRIMARY, event.id, start=start + timedelta(days=500), end=start + timedelta(days=501))
    sync()
    agenda.cancel_event(PRIMARY, event.id)
    clock.advance(days=7)
    sync()
    assert tombstone(connection, source_id(event)) == ("Journey", True)
    agenda.restore_event(PRIMARY, event.id)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


@pytest.mark.parametrize(("announced_days", "names_series"), [(20, True), (20, False), (420, True)])
def test_a_deleted_series_takes_along_the_occurrences_of_which_google_says_nothing(
    stand_in: StandIn, clock: ManualClock, connection: psycopg.Connection, announced_days: int, *, names_series: bool
) -> None:
    sync, agenda = syncing(stand_in, connection), stand_in.world.agenda
    stand_in.google.announced_days, stand_in.google.cancelled_series = announced_days, names_series
    series = every_day(agenda, clock(), 800)
    sync()
    clock.advance(days=450)
    sync()
    clock.advance(hours=1)
    agenda.cancel_event(STUDY, series.master.id)
    assert sync().requests <= STEADY + 2
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_hundreds_of_occurrences_vanish_in_few_requests(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    series = every_day(agenda, clock() - timedelta(days=390), 780)
    moved, third = (f"{series.master.id}_{clock() + timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in (-389, -388))
    sync()
    clock.advance(hours=1)
    far = clock() + timedelta(days=600)
    agenda.edit_event(STUDY, moved, start=far, end=far + timedelta(hours=1))
    agenda.end_series(STUDY, third)
    stand_in.calendar_api.expire_sync_tokens()
    listing_and_exceptions_and_one_in_doubt = 3
    assert sync().requests == 1 + 2 * len(SELECTED) + listing_and_exceptions_and_one_in_doubt
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_this_and_all_following_occurrences_can_be_changed(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    stand_in.google.announced_days = 30
    series = every_day(agenda, clock() - timedelta(days=350), 700)
    at = f"{series.master.id}_{clock() + timedelta(days=5):%Y%m%dT%H%M%SZ}"
    sync()
    clock.advance(hours=1)
    agenda.split_series(STUDY, at, summary="Every day, in another room")
    assert sync().requests <= STEADY + 4
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_all_occurrences_can_be_moved_even_those_of_years_ago(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    stand_in.google.announced_days = 30
    series = every_day(agenda, clock(), 800)
    sync()
    clock.advance(days=450)
    sync()
    clock.advance(hours=1)
    start = series.master.start + timedelta(hours=3)
    agenda.edit_series(STUDY, series.master.id, start=start, end=start + timedelta(hours=1))
    assert sync().requests <= STEADY + 4
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_hundreds_of_single_events_deleted_at_once_need_no_asking(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    start = clock() - timedelta(days=350)
    events = [
        agenda.add_event(PRIMARY, "Walk", start + timedelta(days=day), start + timedelta(days=day, hours=1))
        for day in range(300)
    ]
    sync()
    for event in events:
        agenda.cancel_event(PRIMARY, event.id)
    assert sync().requests == STEADY + 1
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


@pytest.mark.parametrize("keeps_window", [True, False])
def test_events_enter_the_windows_by_the_passing_of_time(
    sync: Sync, stand_in: StandIn, clock: ManualClock, connection: psycopg.Connection, *, keeps_window: bool
) -> None:
    agenda = stand_in.world.agenda
    stand_in.google.delta_keeps_window = keeps_window
    then = clock() + timedelta(days=410)
    event = agenda.add_event(PRIMARY, "Jubilee", then, then + timedelta(hours=5))
    sync()
    assert source_id(event) not in live_rows(connection, EVENTS)
    for _ in range(3):
        clock.advance(days=6)
        sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    agenda.edit_event(PRIMARY, event.id, summary="Jubilee, day 1")
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_an_expired_token_is_given_up_and_nothing_is_missed(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    start = clock() + timedelta(days=10)
    near, far = (agenda.add_event(PRIMARY, name, start, start + timedelta(hours=1)) for name in ("Near", "Far"))
    sync()
    agenda.edit_event(PRIMARY, far.id, start=start + timedelta(days=500), end=start + timedelta(days=501))
    sync()
    clock.advance(hours=1)
    agenda.cancel_event(PRIMARY, near.id)
    agenda.cancel_event(PRIMARY, far.id)
    stand_in.calendar_api.expire_sync_tokens()
    assert sync().requests == 1 + 2 * len(SELECTED)
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert sync().requests == STEADY


@pytest.mark.parametrize(
    "change",
    [
        '{"sync_token": "malformed"}',
        '{"token_scope": "another account"}',
        '{"wide_read_at": "2999-01-01T00:00:00+00:00"}',
        "null",
    ],
)
def test_a_token_that_cannot_be_used_costs_one_more_reading(
    sync: Sync, agenda: Agenda, connection: psycopg.Connection, change: str
) -> None:
    sync()
    with connection.transaction():
        connection.execute("update raw.sync_state set cursor = cursor || %s where stream like 'events:%%'", (change,))
    agenda.cancel_event(WORK, agenda.occurrences(WORK)[0].id)
    assert sync().requests <= 1 + 2 * len(SELECTED)
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert sync().requests == STEADY


def test_a_token_is_used_only_with_the_credentials_and_parameters_that_it_was_got_with(
    sync: Sync, stand_in: StandIn, connection: psycopg.Connection
) -> None:
    sync()
    scope = cursor_of(connection, WORK)["token_scope"]
    access = access_to(stand_in)
    stand_in.requests.clear()
    syncing(stand_in, connection)()
    assert [query.keys() for query in asked(stand_in)] == [
        {"syncToken", "singleEvents", "showDeleted", "maxResults", "prettyPrint"}
    ] * len(SELECTED)
    with CalendarClient(replace(access, refresh_token=SecretStr("another account's"))) as other:
        assert other.token_scope != scope


def test_without_tokens_every_change_still_arrives_with_the_next_sync(
    sync: Sync, stand_in: StandIn, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    stand_in.google.withhold_sync_token = True
    then = clock() + timedelta(days=300)
    event = agenda.add_event(PRIMARY, "Fair", then, then + timedelta(hours=5))
    sync()
    clock.advance(hours=1)
    agenda.cancel_event(PRIMARY, event.id)
    assert sync().requests == STEADY
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    stand_in.google.withhold_sync_token = False
    sync()
    assert cursor_of(connection, PRIMARY)["sync_token"]


def test_changes_that_break_off_between_pages_change_nothing_and_are_not_lost(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection
) -> None:
    sync()
    before, cursor = versions(connection, EVENTS), cursor_of(connection, STUDY)
    for event in agenda.occurrences(STUDY)[:5]:
        agenda.edit_event(STUDY, event.id, summary="Changed")
    stand_in.google.page_cap = 2
    stand_in.faults.add(Fault(LESSONS, "status", times=5, after=1, status=503))
    with pytest.raises(SourceUnavailable):
        sync()
    assert (versions(connection, EVENTS), cursor_of(connection, STUDY)) == (before, cursor)
    stand_in.google.page_cap = 100
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_it_is_on_record_which_stretch_of_time_was_known_since_when(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    def known() -> list[tuple[datetime, datetime]]:
        with connection.transaction():
            return connection.execute(
                "select lower(during), upper(during) from raw.coverage where stream = %s order by id",
                (f"events:{STUDY}",),
            ).fetchall()

    sync()
    wide = clock() - timedelta(days=400), clock() + timedelta(days=400)
    assert known() == [wide]
    clock.advance(hours=1)
    agenda.add_event(STUDY, "Talk", clock(), clock() + timedelta(hours=1))
    sync()
    assert known() == [wide]
    clock.advance(days=7)
    sync()
    assert known() == [wide, (clock() - timedelta(days=400), clock() + timedelta(days=400))]


def test_odd_events_are_stored_as_they_come(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    before = {"dateTime": (clock() - timedelta(hours=1)).isoformat()}
    oddities: list[dict[str, object]] = [
        {"created": "0000-12-29T00:00:00.000Z", "endTimeUnspecified": True, "end": before},
        {"end": {}},
        {"start": {"dateTime": "9999-12-31T23:59:59-12:00"}},
        {"start": None, "summary": None},
    ]
    for oddity in oddities:
        event = agenda.add_event(PRIMARY, "Odd", clock(), clock())
        agenda.edit_event(PRIMARY, event.id, properties=oddity)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    for event in agenda.occurrences(PRIMARY):
        if event.summary == "Odd":
            agenda.cancel_event(PRIMARY, event.id)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_what_an_older_writer_left_becomes_what_google_has(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    long_ago = clock() - timedelta(days=900)
    kept = agenda.add_event(PRIMARY, "Kept", long_ago, long_ago + timedelta(hours=1))
    day = f'{{"date": "{long_ago:%Y-%m-%d}"}}'
    legacy_write(connection, source_id(kept), f'{{"summary": "Old", "start": {day}}}')
    for name, data in {
        "gone": f'{{"start": {day}, "end": {day}}}',
        "empty": "{}",
        "strange": '{"start": "soon", "end": {"dateTime": "0000-00-00"}}',
    }.items():
        legacy_write(connection, f"{PRIMARY}:{name}", data)
    legacy_write(connection, "former@example.test:event", '{"summary": "Of a calendar that is no longer chosen"}')
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_what_an_older_writer_puts_over_our_rows_is_put_right_by_the_next_sync(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    then = clock() + timedelta(days=300)
    near, far = (
        agenda.add_event(PRIMARY, name, start, start + timedelta(hours=1))
        for name, start in (("Near", clock()), ("Far", then))
    )
    sync()
    start = f'{{"dateTime": "{clock().isoformat()}"}}'
    legacy_write(connection, source_id(near), f'{{"summary": "Older", "start": {start}}}')
    legacy_write(connection, source_id(far), f'{{"summary": "Before it was moved", "start": {start}}}')
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert sync().requests == STEADY

    legacy_write(connection, f"{PRIMARY}:unknown", "{}")
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert sync().requests == STEADY


def test_a_calendars_id_may_begin_like_anothers(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    teams = "team", "team:a", "team:a:b"
    for team in teams:
        agenda.add_calendar(team, team, "Europe/Lisbon")
        agenda.add_event(team, f"Meeting of {team}", clock(), clock() + timedelta(hours=1))
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED, *teams)
    agenda.edit_calendar("team:a", selected=False)
    agenda.cancel_event("team", agenda.occurrences("team")[0].id)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED, "team:a:b")
