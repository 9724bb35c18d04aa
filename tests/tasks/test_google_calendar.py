"""The copy of a Google account's calendars equals them, whatever happened there and however the service behaves."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from infra.local import credentials
from infra.local.agenda import Agenda, Weekly
from infra.local.clock import ManualClock
from infra.local.faults import Fault, FaultKind
from infra.local.habits import HOLIDAYS, PRIMARY, STUDY, WORK
from infra.local.server import StandIn
from tasks.errors import CredentialsError, SourceError, SourceUnavailable
from tasks.settings import GoogleAccess
from tests.tasks.conftest import TOKYO, live_rows, versions
from tests.tasks.google import EVENTS, SELECTED, Sync, access_to, coming, events_of, source_id, syncing

LIST = "google_calendar__calendar_list"
TABLES = (EVENTS, LIST, "google_calendar__calendars", "google_calendar__colors")
RATE_LIMIT = '{"error": {"errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}], "code": 403}}'
FORBIDDEN = '{"error": {"errors": [{"domain": "global", "reason": "forbidden"}], "code": 403}}'


@pytest.fixture
def access(stand_in: StandIn) -> GoogleAccess:
    return access_to(stand_in)


@pytest.fixture
def sync(stand_in: StandIn, connection: psycopg.Connection) -> Sync:
    return syncing(stand_in, connection)


@pytest.fixture
def agenda(stand_in: StandIn) -> Agenda:
    return stand_in.world.agenda


def test_the_first_sync_copies_the_selected_calendars(
    sync: Sync, agenda: Agenda, connection: psycopg.Connection
) -> None:
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert live_rows(connection, LIST).keys() == {*SELECTED, HOLIDAYS}
    assert live_rows(connection, "google_calendar__calendars").keys() == {*SELECTED}
    colors = live_rows(connection, "google_calendar__colors")
    assert {kind: len(palette) for kind, palette in colors.items()} == {"event": 11, "calendar": 24}


def test_a_sync_without_news_rewrites_nothing(sync: Sync, clock: ManualClock, connection: psycopg.Connection) -> None:
    sync()
    before = [versions(connection, table) for table in TABLES]
    clock.advance(hours=1)
    assert sync().requests == 1 + len(SELECTED)
    assert [versions(connection, table) for table in TABLES] == before


def test_every_kind_of_change_arrives_with_the_next_sync(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    lesson = clock().astimezone(TOKYO).replace(hour=19, minute=0) - timedelta(days=20)
    series = agenda.add_series(
        STUDY, "Lesson", lesson, lesson + timedelta(hours=1), Weekly(frozenset(range(7)), lesson.date() + timedelta(60))
    ).master
    single = agenda.add_event(WORK, "Talk", lesson, lesson + timedelta(hours=2))
    cancelled = agenda.add_event(WORK, "Visit", lesson, lesson + timedelta(hours=3))
    sync()
    clock.advance(hours=1)

    occurrences = coming(agenda, STUDY, clock, repeated=True)
    lessons = [event for event in occurrences if event.series_id == series.id]
    agenda.edit_event(STUDY, lessons[1].id, start=lessons[1].start + timedelta(hours=3), summary="移動したレッスン")
    agenda.edit_event(
        STUDY, lessons[2].id, start=lessons[2].start + timedelta(days=100), end=lessons[2].end + timedelta(days=100)
    )
    agenda.cancel_event(STUDY, lessons[3].id)
    agenda.edit_event(WORK, single.id, start=lesson - timedelta(days=200), end=lesson - timedelta(days=199))
    agenda.cancel_event(WORK, cancelled.id)
    agenda.respond(WORK, coming(agenda, WORK, clock, repeated=True)[0].id, "declined")
    added = agenda.add_event(PRIMARY, None, clock().date(), clock().date() + timedelta(days=2))
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert source_id(added) in live_rows(connection, EVENTS)

    clock.advance(hours=1)
    agenda.restore_event(WORK, cancelled.id)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_a_cancelled_event_keeps_its_data(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    event = coming(agenda, WORK, clock, repeated=True)[0]
    kept = live_rows(connection, EVENTS)[source_id(event)]
    agenda.cancel_event(WORK, event.id)
    assert sync().requests == 1 + len(SELECTED) + 1
    row = connection.execute(
        "select data, deleted_at is not null from raw.google_calendar__events where source_id = %s",
        (source_id(event),),
    ).fetchone()
    assert row == (kept, True)


@pytest.mark.parametrize("change", [{"selected": False}, {"deleted": True}])
def test_the_plan_of_a_deselected_calendar_does_not_count_until_it_is_selected_again(
    sync: Sync, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection, change: dict[str, bool]
) -> None:
    long_ago = clock() - timedelta(days=399)
    agenda.add_event(WORK, "Long ago", long_ago, long_ago + timedelta(hours=1))
    sync()
    agenda.edit_calendar(WORK, **change)  # type: ignore[arg-type]  # mypy does not see which key it is
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, PRIMARY, STUDY)
    clock.advance(days=30)
    agenda.edit_calendar(WORK, selected=True, deleted=False)
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_calendars_can_be_named(
    sync: Sync, access: GoogleAccess, agenda: Agenda, connection: psycopg.Connection
) -> None:
    sync(replace(access, calendar_ids=("primary", HOLIDAYS)))
    assert live_rows(connection, EVENTS) == events_of(agenda, PRIMARY, HOLIDAYS)


def test_the_list_of_calendars_is_read_weekly_where_all_are_named_by_their_ids(
    sync: Sync, access: GoogleAccess, agenda: Agenda, clock: ManualClock, connection: psycopg.Connection
) -> None:
    named = replace(access, calendar_ids=(WORK, STUDY, WORK))
    sync(named)
    agenda.edit_calendar(WORK, summary="Office")
    clock.advance(hours=1)
    assert sync(named).requests == 2
    assert sync(replace(access, calendar_ids=(PRIMARY, WORK))).requests > 2
    assert live_rows(connection, EVENTS) == events_of(agenda, PRIMARY, WORK)
    assert live_rows(connection, LIST)[WORK]["summary"] == "Office"
    agenda.edit_calendar(WORK, summary="Workshop")
    clock.advance(days=7)
    sync(replace(access, calendar_ids=(PRIMARY, WORK)))
    assert live_rows(connection, LIST)[WORK]["summary"] == "Workshop"


def test_a_named_calendar_that_is_not_shown_is_an_error_after_all_others_are_loaded(
    sync: Sync, access: GoogleAccess, agenda: Agenda, connection: psycopg.Connection
) -> None:
    with pytest.raises(SourceError, match=r"the calendar typo@example\.test") as refused:
        sync(replace(access, calendar_ids=("typo@example.test", WORK)))
    assert "GOOGLE_CALENDAR_IDS" in refused.value.cure
    assert live_rows(connection, EVENTS) == events_of(agenda, WORK)


def test_a_selected_calendar_that_is_not_shown_keeps_its_data_and_is_noted(
    sync: Sync, stand_in: StandIn, connection: psycopg.Connection
) -> None:
    sync()
    before = versions(connection, EVENTS)
    stand_in.faults.add(Fault(f"/calendar/v3/calendars/{STUDY}/events", "status", status=403, body=FORBIDDEN))
    assert sync().notes == (f"Google Calendar does not show {STUDY} at present; its data is kept.",)
    assert versions(connection, EVENTS) == before
    assert sync().requests == 1 + len(SELECTED)


@pytest.mark.parametrize("spared", [0, 1])
def test_an_empty_listing_deletes_nothing(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection, spared: int
) -> None:
    sync()
    event = next(iter(agenda.occurrences(STUDY)))
    agenda.edit_event(STUDY, event.id, summary="Changed")
    before = live_rows(connection, EVENTS).keys()
    stand_in.faults.add(
        Fault(
            f"/calendar/v3/calendars/{STUDY}/events",
            "status",
            after=spared,
            status=200,
            body='{"items": []}',
            media_type="application/json",
        )
    )
    sync()
    assert live_rows(connection, EVENTS).keys() == before
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_an_account_without_calendars_says_which_variable_helps(sync: Sync, agenda: Agenda) -> None:
    agenda.calendars.clear()
    with pytest.raises(SourceError, match="GOOGLE_CALENDAR_IDS"):
        sync()


def test_short_and_empty_pages_are_followed_to_the_end(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection
) -> None:
    stand_in.google.page_cap = 40
    stand_in.google.empty_first_page = True
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_a_listing_that_breaks_off_between_pages_changes_nothing(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection
) -> None:
    sync()
    before = versions(connection, EVENTS)
    stand_in.google.page_cap = 100
    agenda.edit_event(PRIMARY, agenda.occurrences(PRIMARY)[-1].id, summary="changed")
    stand_in.faults.add(Fault(f"/calendar/v3/calendars/{PRIMARY}/events", "status", times=5, after=1, status=503))
    with pytest.raises(SourceUnavailable, match="Google Calendar answered 503 five times"):
        sync()
    assert versions(connection, EVENTS) == before


@pytest.mark.parametrize("kind", ["status", "reset", "truncated"])
def test_a_bad_moment_passes(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection, kind: FaultKind
) -> None:
    stand_in.faults.add(Fault("/calendar/v3", kind, times=4, status=403, body=RATE_LIMIT))
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)


def test_an_access_token_that_dies_on_the_way_is_renewed(
    sync: Sync, stand_in: StandIn, agenda: Agenda, connection: psycopg.Connection
) -> None:
    stand_in.faults.add(Fault(f"/calendar/v3/calendars/{WORK}", "status", status=401, body="{}"))
    sync()
    assert live_rows(connection, EVENTS) == events_of(agenda, *SELECTED)
    assert [request.path for request in stand_in.requests].count("/token") == 2


def test_a_dead_refresh_token_names_the_command_that_renews_it(
    sync: Sync, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stand_in.google_auth.revoked = True
    with pytest.raises(CredentialsError) as refused:
        sync()
    assert refused.value.sentence == (
        "Google refuses the refresh token (invalid_grant: Token has been expired or revoked)."
    )
    assert "GOOGLE_REFRESH_TOKEN" in refused.value.cure
    assert credentials.GOOGLE_REFRESH_TOKEN not in f"{refused.value!r} {caplog.text}"
    assert len(stand_in.requests) == 1


def test_a_wrong_client_secret_names_its_variable(sync: Sync, access: GoogleAccess) -> None:
    with pytest.raises(CredentialsError, match=r"invalid_client.*GOOGLE_CLIENT_SECRET"):
        sync(replace(access, client_secret=SecretStr("wrong")))


def test_missing_consent_is_no_reason_to_try_again(sync: Sync, stand_in: StandIn) -> None:
    body = FORBIDDEN.replace("forbidden", "insufficientPermissions")
    stand_in.faults.add(Fault("/calendar/v3", "status", status=403, body=body))
    with pytest.raises(CredentialsError, match="insufficientPermissions"):
        sync()
    assert len(stand_in.requests) == 2


def test_an_unreadable_key_file_is_named(sync: Sync, access: GoogleAccess, tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.write_text('{"type": "service_account"}')
    with pytest.raises(CredentialsError, match=r"key\.json.*GOOGLE_SERVICE_ACCOUNT_FILE"):
        sync(replace(access, service_account_file=key))
