"""The stand-in for Google answers as its token endpoint and Calendar v3 do, and refuses what they refuse."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from infra.local.agenda import Weekly
from infra.local.clock import ManualClock
from infra.local.habits import HOLIDAYS, PRIMARY, STUDY, WORK
from infra.local.server import StandIn
from tests.infra.conftest import GRANT, NOW, TOKYO, calendar_client
from tests.infra.listing import all_pages, reason, window

DAY = timedelta(days=1)
PRIMARY_EVENTS = f"/calendars/{quote(PRIMARY)}/events"
WORK_EVENTS = f"/calendars/{quote(WORK)}/events"


@pytest.fixture(scope="module")
def reader(shared: StandIn) -> Iterator[httpx.Client]:
    with calendar_client(shared) as client:
        yield client


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"refresh_token": "other"}, 400, "invalid_grant"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_grant_gets_no_token(shared: StandIn, change: dict[str, str], status: int, error: str) -> None:
    answer = httpx.post(shared.token_url, data=GRANT | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_revoked_refresh_token_is_an_invalid_grant(stand_in: StandIn) -> None:
    stand_in.google_auth.revoked = True
    assert httpx.post(stand_in.token_url, data=GRANT).json()["error"] == "invalid_grant"


def test_access_tokens_expire(stand_in: StandIn, calendar: httpx.Client, clock: ManualClock) -> None:
    assert calendar.get("/colors").status_code == 200
    clock.advance(seconds=3600)
    assert reason(calendar.get("/colors")) == (401, "authError")
    assert reason(httpx.get(f"{stand_in.calendar_url}/colors")) == (401, "authError")


def test_the_calendar_list_has_pages_and_leaves_out_what_is_false(reader: httpx.Client) -> None:
    rows, token = all_pages(reader, "/users/me/calendarList", {"maxResults": "2"})
    assert [row["id"] for row in rows] == [PRIMARY, WORK, STUDY, HOLIDAYS]
    assert [row["id"] for row in rows if row.get("selected")] == [PRIMARY, WORK, STUDY]
    assert "selected" not in rows[3]
    assert token


def test_calendars_are_known_by_their_encoded_ids(reader: httpx.Client) -> None:
    assert reader.get(f"/calendars/{quote(HOLIDAYS, safe='')}").json()["summary"] == "日本の祝日"
    assert reader.get("/calendars/primary").json()["id"] == PRIMARY
    assert reason(reader.get("/calendars/nobody")) == (404, "notFound")


def test_there_are_24_calendar_and_11_event_colors(reader: httpx.Client) -> None:
    colors = reader.get("/colors").json()
    assert (len(colors["calendar"]), len(colors["event"])) == (24, 11)


def test_a_window_holds_what_reaches_into_it(stand_in: StandIn, calendar: httpx.Client) -> None:
    agenda = stand_in.world.agenda
    agenda.singles.clear()
    agenda.series.clear()
    for name, start, minutes in (("before", -60, 60), ("into", -30, 31), ("inside", 5, 5), ("after", 60, 10)):
        begin = NOW + timedelta(minutes=start)
        agenda.add_event(PRIMARY, name, begin, begin + timedelta(minutes=minutes))
    page = calendar.get(PRIMARY_EVENTS, params=window(NOW, NOW + timedelta(hours=1))).json()
    assert [row["summary"] for row in page["items"]] == ["into", "inside"]


def test_instances_carry_their_series_and_their_utc_stamp(reader: httpx.Client) -> None:
    monday = datetime(2026, 3, 9, tzinfo=TOKYO)
    rows = reader.get(WORK_EVENTS, params=window(monday, monday + DAY)).json()["items"]
    mail = next(row for row in rows if row.get("summary") == "メール")
    assert mail["id"] == f"{mail['recurringEventId']}_20260309T000000Z"
    assert mail["originalStartTime"] == mail["start"] == {
        "dateTime": "2026-03-09T09:00:00+09:00",
        "timeZone": "Asia/Tokyo",
    }  # fmt: skip
    assert reader.get(f"{WORK_EVENTS}/{mail['id']}").json() == mail


def test_a_moved_instance_keeps_its_id_and_its_original_start(stand_in: StandIn, calendar: httpx.Client) -> None:
    rows = calendar.get(WORK_EVENTS, params=window(NOW, NOW + 14 * DAY)).json()["items"]
    mail = next(row for row in rows if row.get("summary") == "メール")
    later = NOW + 20 * DAY
    stand_in.world.agenda.edit_event(WORK, mail["id"], start=later, end=later + timedelta(minutes=30))
    moved = calendar.get(f"{WORK_EVENTS}/{mail['id']}").json()
    again = calendar.get(WORK_EVENTS, params=window(NOW, NOW + 14 * DAY)).json()["items"]
    assert moved["originalStartTime"] == mail["originalStartTime"]
    assert moved["start"]["dateTime"] == "2026-03-29T14:23:05+09:00"
    assert mail["id"] not in {row["id"] for row in again}


def test_cancelled_instances_show_only_when_asked_for_and_say_little(stand_in: StandIn, calendar: httpx.Client) -> None:
    query = window(NOW + DAY, NOW + 3 * DAY)
    event = calendar.get(WORK_EVENTS, params=query).json()["items"][0]
    stand_in.world.agenda.cancel_event(WORK, event["id"])
    plain = calendar.get(WORK_EVENTS, params=query).json()["items"]
    asked = calendar.get(WORK_EVENTS, params=query | {"showDeleted": "true"}).json()["items"]
    cancelled = next(row for row in asked if row["id"] == event["id"])
    assert event["id"] not in {row["id"] for row in plain}
    assert cancelled["status"] == "cancelled"
    assert "start" not in cancelled


def test_unexpanded_listings_hold_masters_and_exceptions(reader: httpx.Client, shared: StandIn) -> None:
    rows, _ = all_pages(reader, WORK_EVENTS, {"maxResults": "100"})
    masters = {row["id"] for row in rows if "recurrence" in row}
    exceptions = {row["id"] for row in rows if "recurringEventId" in row}
    agenda = shared.world.agenda
    assert masters == {key for calendar, key in agenda.series if calendar == WORK}
    assert exceptions == {key for calendar, key in agenda.exceptions if calendar == WORK}


def test_pages_agree_with_each_other_though_the_calendar_changes(stand_in: StandIn, calendar: httpx.Client) -> None:
    query = {"singleEvents": "true", "maxResults": "60"}
    first = calendar.get(PRIMARY_EVENTS, params=query).json()
    everything, _ = all_pages(calendar, PRIMARY_EVENTS, query)
    stand_in.world.agenda.add_event(PRIMARY, "早い予定", NOW - 100 * DAY, NOW - 99 * DAY)
    second = calendar.get(PRIMARY_EVENTS, params=query | {"pageToken": first["nextPageToken"]}).json()
    other = calendar.get(PRIMARY_EVENTS, params={"maxResults": "60", "pageToken": first["nextPageToken"]})
    assert first["items"] + second["items"] == everything[:120]
    assert other.status_code == 400


def test_a_page_may_be_empty_and_still_not_the_last(stand_in: StandIn, calendar: httpx.Client) -> None:
    plain, _ = all_pages(calendar, PRIMARY_EVENTS, {"singleEvents": "true"})
    stand_in.google.empty_first_page = True
    stand_in.google.page_cap = 40
    first = calendar.get(PRIMARY_EVENTS, params={"singleEvents": "true"}).json()
    rows, token = all_pages(calendar, PRIMARY_EVENTS, {"singleEvents": "true"})
    assert first["items"] == []
    assert rows == plain
    assert token


def test_a_delta_holds_what_changed_and_nothing_else(stand_in: StandIn, calendar: httpx.Client) -> None:
    query = {"singleEvents": "true"}
    rows, token = all_pages(calendar, PRIMARY_EVENTS, query)
    agenda = stand_in.world.agenda
    new = agenda.add_event(PRIMARY, "新しい予定", NOW, NOW + timedelta(hours=1))
    cancelled = next(str(row["id"]) for row in rows if "recurringEventId" not in row and row["status"] == "confirmed")
    agenda.cancel_event(PRIMARY, cancelled)
    delta, next_token = all_pages(calendar, PRIMARY_EVENTS, query | {"syncToken": str(token)})
    quiet, _ = all_pages(calendar, PRIMARY_EVENTS, query | {"syncToken": str(next_token)})
    assert {row["id"]: row["status"] for row in delta} == {new.id: "confirmed", cancelled: "cancelled"}
    assert quiet == []


def test_a_touched_or_deleted_series_comes_back_in_the_delta_whole(stand_in: StandIn, calendar: httpx.Client) -> None:
    agenda = stand_in.world.agenda
    rule = Weekly(frozenset({0, 2}), (NOW + 27 * DAY).date())
    series = agenda.add_series(PRIMARY, "合唱", NOW, NOW + timedelta(hours=2), rule).master
    agenda.edit_event(PRIMARY, f"{series.id}_20260311T052305Z", location="会館")
    query = window(NOW, NOW + DAY)
    token = calendar.get(PRIMARY_EVENTS, params=query).json()["nextSyncToken"]
    fixed = {"singleEvents": "true", "maxResults": "2500"}
    agenda.edit_event(PRIMARY, series.id, summary="Choir")
    renamed = calendar.get(PRIMARY_EVENTS, params=fixed | {"syncToken": token}).json()
    agenda.cancel_event(PRIMARY, series.id)
    gone = calendar.get(PRIMARY_EVENTS, params=fixed | {"syncToken": renamed["nextSyncToken"]}).json()
    visible = calendar.get(PRIMARY_EVENTS, params=query | {"showDeleted": "true"}).json()["items"]
    assert [row["summary"] for row in renamed["items"]] == ["Choir"] * 7
    assert [row["status"] for row in gone["items"]] == ["cancelled"] * 8
    assert series.id not in {row.get("recurringEventId") for row in visible}


def test_an_expired_sync_token_is_410(stand_in: StandIn, calendar: httpx.Client) -> None:
    _, token = all_pages(calendar, PRIMARY_EVENTS, {"singleEvents": "true"})
    stand_in.calendar_api.expire_sync_tokens()
    answer = calendar.get(PRIMARY_EVENTS, params={"singleEvents": "true", "syncToken": str(token)})
    assert reason(answer) == (410, "fullSyncRequired")


@pytest.mark.parametrize(
    ("extra", "status", "why"),
    [
        ({"timeMin": "2026-03-01T00:00:00Z"}, 400, "syncTokenWithRequestRestrictions"),
        ({"orderBy": "updated"}, 400, "syncTokenWithRequestRestrictions"),
        ({"showDeleted": "false"}, 400, "syncTokenWithRequestRestrictions"),
        ({"singleEvents": "false"}, 400, "invalid"),
        ({"syncToken": "made-up"}, 400, "invalid"),
    ],
)
def test_a_sync_token_allows_no_other_restriction(
    reader: httpx.Client, extra: dict[str, str], status: int, why: str
) -> None:
    query = {"singleEvents": "true"}
    _, token = all_pages(reader, PRIMARY_EVENTS, query)
    assert reason(reader.get(PRIMARY_EVENTS, params=query | {"syncToken": str(token)} | extra)) == (status, why)


def test_a_token_of_one_calendar_is_none_of_another(reader: httpx.Client) -> None:
    _, token = all_pages(reader, PRIMARY_EVENTS, {})
    assert reader.get(WORK_EVENTS, params={"syncToken": str(token)}).status_code == 400


def test_an_ordered_listing_ends_without_a_sync_token(reader: httpx.Client) -> None:
    _, token = all_pages(reader, PRIMARY_EVENTS, {"singleEvents": "true", "orderBy": "startTime"})
    assert token is None


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ({"timeMin": "2026-03-02T00:00:00Z", "timeMax": "2026-03-02T00:00:00Z"}, 400, "timeRangeEmpty"),
        ({"timeMin": "2026-03-02T00:00:00"}, 400, "badRequest"),
        ({"timeMin": "2026-03-02"}, 400, "badRequest"),
        ({"orderBy": "startTime"}, 400, "badRequest"),
        ({"maxResults": "2501"}, 400, "invalid"),
        ({"singleEvents": "yes"}, 400, "invalid"),
        ({"timeZone": "Mars/Base"}, 400, "invalid"),
        ({"pageToken": "made-up"}, 400, "invalid"),
        ({"eventTypes": "party"}, 400, "invalid"),
        ({"fields": "items(id"}, 400, "invalidParameter"),
        ({"updatedMin": "2026-01-01T00:00:00Z"}, 410, "updatedMinTooLongAgo"),
    ],
)
def test_senseless_listings_are_refused(reader: httpx.Client, query: dict[str, str], status: int, why: str) -> None:
    assert reason(reader.get(PRIMARY_EVENTS, params=query)) == (status, why)


def test_a_field_mask_keeps_only_what_it_names(reader: httpx.Client) -> None:
    query = {"singleEvents": "true", "fields": "timeZone,items(id,start/dateTime)", "maxResults": "1"}
    page = reader.get(PRIMARY_EVENTS, params=query).json()
    assert set(page) == {"timeZone", "items"}
    assert [set(row) - {"start"} for row in page["items"]] == [{"id"}]


def test_a_declined_invitation_tells_so_of_its_owner(stand_in: StandIn, calendar: httpx.Client) -> None:
    agenda = stand_in.world.agenda
    event = agenda.add_event(PRIMARY, "懇親会", NOW, NOW + timedelta(hours=1))
    agenda.respond(PRIMARY, event.id, "declined")
    row = calendar.get(f"{PRIMARY_EVENTS}/{event.id}").json()
    assert row["attendees"] == [{"email": PRIMARY, "responseStatus": "declined", "self": True}]
