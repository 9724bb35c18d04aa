"""The stand-in for Google takes on what the real service may do, and refuses what it refuses, to the letter."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest

from infra.local.agenda import Agenda, Attendee
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.habits import HOLIDAYS, PRIMARY, WORK
from infra.local.server import StandIn
from tests.infra.conftest import NOW, TOKYO, calendar_client
from tests.infra.listing import all_pages, reason, window

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PRIMARY_EVENTS = f"/calendars/{quote(PRIMARY)}/events"
WORK_EVENTS = f"/calendars/{quote(WORK)}/events"
LIST = "/users/me/calendarList"
EXPANDED = {"singleEvents": "true", "maxResults": "2500"}


@pytest.fixture(scope="module")
def reader(shared: StandIn) -> Iterator[httpx.Client]:
    with calendar_client(shared) as client:
        yield client


@pytest.fixture
def agenda(stand_in: StandIn) -> Agenda:
    return stand_in.world.agenda


def token_of(client: httpx.Client, path: str = PRIMARY_EVENTS, **query: str) -> str:
    """The sync token at the end of a listing."""
    token = all_pages(client, path, EXPANDED | query)[1]
    assert token is not None
    return token


def event_row(client: httpx.Client, event_id: str, **query: str) -> dict[str, object]:
    row = client.get(f"{PRIMARY_EVENTS}/{event_id}", params=query).raise_for_status().json()
    assert isinstance(row, dict)
    return row


def test_a_listing_can_end_without_a_sync_token(stand_in: StandIn, calendar: httpx.Client) -> None:
    stand_in.google.withhold_sync_token = True
    for path in (PRIMARY_EVENTS, LIST):
        page = calendar.get(path).json()
        assert {"nextSyncToken", "nextPageToken"} & set(page) == set()


def test_a_delta_tells_of_what_lies_outside_the_window_unless_it_keeps_to_it(
    stand_in: StandIn, agenda: Agenda, calendar: httpx.Client
) -> None:
    token = token_of(calendar, **window(NOW, NOW + DAY))
    inside = agenda.add_event(PRIMARY, "inside", NOW, NOW + HOUR)
    outside = agenda.add_event(PRIMARY, "outside", NOW + 9 * DAY, NOW + 10 * DAY)
    told, _ = all_pages(calendar, PRIMARY_EVENTS, EXPANDED | {"syncToken": token})
    stand_in.google.delta_keeps_window = True
    kept, later = all_pages(calendar, PRIMARY_EVENTS, EXPANDED | {"syncToken": token})
    agenda.edit_event(PRIMARY, outside.id, summary="still outside")
    assert [row["id"] for row in told] == [inside.id, outside.id]
    assert [row["id"] for row in kept] == [inside.id]
    assert all_pages(calendar, PRIMARY_EVENTS, EXPANDED | {"syncToken": str(later)})[0] == []


def test_other_parameters_than_the_first_are_refused_or_taken(stand_in: StandIn, calendar: httpx.Client) -> None:
    token = token_of(calendar)
    other = {"singleEvents": "false", "maxResults": "7", "syncToken": token}
    assert reason(calendar.get(PRIMARY_EVENTS, params=other)) == (400, "invalid")
    stand_in.google.delta_ignores_parameters = True
    assert calendar.get(PRIMARY_EVENTS, params=other).status_code == 200


@pytest.mark.parametrize(
    "restriction",
    [
        {"iCalUID": "x"},
        {"orderBy": "startTime"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"q": "x"},
        {"timeMin": "2026-03-01T00:00:00Z"},
        {"timeMax": "2026-03-01T00:00:00Z"},
        {"updatedMin": "2026-03-01T00:00:00Z"},
        {"showDeleted": "false"},
    ],
)
def test_no_restriction_goes_with_a_sync_token(reader: httpx.Client, restriction: dict[str, str]) -> None:
    answer = reader.get(PRIMARY_EVENTS, params=EXPANDED | {"syncToken": token_of(reader)} | restriction)
    assert reason(answer) == (400, "syncTokenWithRequestRestrictions")


@pytest.mark.parametrize(
    "restriction",
    [
        {"minAccessRole": "owner"},
        {"showOwnOrganizationOnly": "true"},
        {"showDeleted": "false"},
        {"showHidden": "false"},
    ],
)
def test_no_restriction_goes_with_a_sync_token_of_the_calendar_list(
    reader: httpx.Client, restriction: dict[str, str]
) -> None:
    token = reader.get(LIST).json()["nextSyncToken"]
    answer = reader.get(LIST, params={"syncToken": token} | restriction)
    assert reason(answer) == (400, "syncTokenWithRequestRestrictions")


@pytest.mark.parametrize(
    "given", [{"orderBy": "updated"}, {"q": "x"}, {"updatedMin": "2026-03-01T00:00:00Z"}, {"iCalUID": "x"}]
)
def test_some_restrictions_spoil_the_sync_token(reader: httpx.Client, given: dict[str, str]) -> None:
    assert all_pages(reader, PRIMARY_EVENTS, EXPANDED | given)[1] is None


def test_while_nothing_changes_the_sync_token_stays_and_an_old_one_goes_on_working(
    agenda: Agenda, calendar: httpx.Client, clock: ManualClock
) -> None:
    first = token_of(calendar)
    clock.advance(minutes=10)
    assert token_of(calendar, syncToken=first) == first
    event = agenda.add_event(PRIMARY, "new", NOW, NOW + HOUR)
    second = token_of(calendar, syncToken=first)
    assert second != first
    again, _ = all_pages(calendar, PRIMARY_EVENTS, EXPANDED | {"syncToken": first})
    assert [row["id"] for row in again] == [event.id]


@pytest.mark.parametrize("token", ["made-up", "", "!!!", "WyJwYWdlIiwgOTk5OSwgMF0=", "bnVsbA=="])
def test_malformed_page_tokens_are_400(reader: httpx.Client, token: str) -> None:
    for path in (PRIMARY_EVENTS, LIST):
        assert reason(reader.get(path, params={"pageToken": token})) == (400, "invalid")


def test_a_page_token_is_good_for_its_calendar_and_its_parameters_alone(reader: httpx.Client) -> None:
    query = {"singleEvents": "true", "maxResults": "10"}
    token = {"pageToken": reader.get(PRIMARY_EVENTS, params=query).json()["nextPageToken"]}
    assert reader.get(PRIMARY_EVENTS, params=query | token).status_code == 200
    assert reason(reader.get(WORK_EVENTS, params=query | token)) == (400, "invalid")
    assert reason(reader.get(LIST, params={"maxResults": "10"} | token)) == (400, "invalid")
    assert reason(reader.get(PRIMARY_EVENTS, params=query | token | {"maxResults": "20"})) == (400, "invalid")


def test_what_has_not_changed_is_304_for_who_names_its_tag(agenda: Agenda, calendar: httpx.Client) -> None:
    event = agenda.add_event(PRIMARY, "tagged", NOW, NOW + HOUR)
    paths = [LIST, f"{LIST}/primary", "/calendars/primary", PRIMARY_EVENTS, f"{PRIMARY_EVENTS}/{event.id}"]
    tags = {path: calendar.get(path).json()["etag"] for path in paths}
    for path, tag in tags.items():
        answer = calendar.get(path, headers={"If-None-Match": tag})
        assert (tag[0], tag[-1]) == ('"', '"')
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    agenda.edit_event(PRIMARY, event.id, summary="changed")
    agenda.edit_calendar(PRIMARY, summary="changed")
    for path, tag in tags.items():
        assert calendar.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_hidden_and_deleted_calendars_are_listed_when_asked_for_and_in_deltas(
    agenda: Agenda, calendar: httpx.Client
) -> None:
    token = calendar.get(LIST).json()["nextSyncToken"]
    agenda.edit_calendar(WORK, deleted=True)
    agenda.edit_calendar(HOLIDAYS, hidden=True)

    def flags(**query: str) -> dict[str, bool]:
        rows, _ = all_pages(calendar, LIST, {"maxResults": "1"} | query)
        return {str(row["id"]): "deleted" in row or "hidden" in row for row in rows}

    assert {WORK, HOLIDAYS} & set(flags()) == set()
    assert flags(showDeleted="true", showHidden="true")[WORK]
    assert flags(showHidden="true")[HOLIDAYS]
    assert flags(syncToken=token) == {WORK: True, HOLIDAYS: True}
    assert reason(calendar.get(WORK_EVENTS)) == (404, "notFound")


def test_an_id_with_a_hash_is_one_segment_of_the_path(reader: httpx.Client) -> None:
    encoded = quote(HOLIDAYS, safe="")
    assert "%23" in encoded
    assert reader.get(f"/calendars/{encoded}/events").json()["summary"] == "日本の祝日"
    assert reader.get(f"{LIST}/{encoded}").json()["accessRole"] == "reader"


@pytest.mark.parametrize(("role", "open_to"), [("reader", {"open"}), ("freeBusyReader", set())])
def test_who_may_not_see_an_event_sees_its_times(
    agenda: Agenda, calendar: httpx.Client, role: str, open_to: set[str]
) -> None:
    private = agenda.add_event(PRIMARY, "secret", NOW, NOW + HOUR)
    agenda.edit_event(PRIMARY, private.id, visibility="private", location="here", color_id="3")
    public = agenda.add_event(PRIMARY, "open", NOW, NOW + HOUR)
    assert event_row(calendar, private.id)["summary"] == "secret"
    agenda.edit_calendar(PRIMARY, access_role=role)
    row = event_row(calendar, private.id)
    assert (row["visibility"], row["start"]) == (
        "private",
        {"dateTime": "2026-03-09T14:23:05+09:00", "timeZone": "Asia/Tokyo"},
    )
    assert {"summary", "location", "colorId", "organizer", "attendees"} & set(row) == set()
    assert {event_row(calendar, public.id).get("summary")} - {None} == open_to


def test_what_an_event_lacks_is_not_there(agenda: Agenda, calendar: httpx.Client) -> None:
    event = agenda.add_event(PRIMARY, None, NOW, NOW)
    row = event_row(calendar, event.id)
    listed, _ = all_pages(calendar, PRIMARY_EVENTS, window(NOW - HOUR, NOW + HOUR))
    assert row["start"] == row["end"]
    assert {"summary", "transparency", "visibility", "colorId", "attendees", "attendeesOmitted"} & set(row) == set()
    assert event.id in {entry["id"] for entry in listed}


def test_guests_beyond_the_most_are_left_out(agenda: Agenda, calendar: httpx.Client) -> None:
    event = agenda.add_event(PRIMARY, "Party", NOW, NOW + HOUR)
    guests = tuple(Attendee(f"guest-{number}@example.test") for number in range(5))
    agenda.edit_event(PRIMARY, event.id, attendees=guests)
    agenda.respond(PRIMARY, event.id, "declined")
    me = {"email": PRIMARY, "responseStatus": "declined", "self": True}
    shortened = event_row(calendar, event.id, maxAttendees="5")
    assert (shortened["attendees"], shortened["attendeesOmitted"]) == ([me], True)
    assert "attendeesOmitted" not in event_row(calendar, event.id, maxAttendees="6")
    agenda.edit_event(PRIMARY, event.id, attendees_omitted=True)
    assert event_row(calendar, event.id)["attendeesOmitted"] is True


def test_a_flight_ends_in_another_zone_than_it_starts(agenda: Agenda, calendar: httpx.Client) -> None:
    start = datetime(2026, 3, 9, 18, 0, tzinfo=TOKYO)
    end = datetime(2026, 3, 9, 20, 0, tzinfo=ZoneInfo("Europe/Lisbon"))
    row = event_row(calendar, agenda.add_event(PRIMARY, "Flight", start, end).id)
    assert row["start"] == {"dateTime": "2026-03-09T18:00:00+09:00", "timeZone": "Asia/Tokyo"}
    assert row["end"] == {"dateTime": "2026-03-10T05:00:00+09:00", "timeZone": "Europe/Lisbon"}


def test_a_cancelled_event_tells_as_much_as_it_is_told_to(
    stand_in: StandIn, agenda: Agenda, calendar: httpx.Client
) -> None:
    rows, _ = all_pages(calendar, PRIMARY_EVENTS, EXPANDED)
    occurrence = next(str(row["id"]) for row in rows if "recurringEventId" in row)
    agenda.cancel_event(PRIMARY, occurrence)
    assert "summary" not in event_row(calendar, occurrence)
    stand_in.google.cancelled_series = False
    assert set(event_row(calendar, occurrence)) == {"kind", "etag", "id", "status", "originalStartTime"}
    stand_in.google.cancelled_details = True
    assert event_row(calendar, occurrence)["summary"]


def test_rate_limits_alternate_and_outages_are_html(stand_in: StandIn, calendar: httpx.Client) -> None:
    body = '{"error":{"errors":[{"domain":"usageLimits","reason":"rateLimitExceeded"}]}}'
    for status in (403, 429):
        stand_in.faults.add(Fault("/calendar/v3", "status", status=status, body=body, media_type="application/json"))
    stand_in.faults.add(Fault("/calendar/v3", "status", status=503))
    limited = [reason(calendar.get("/colors")) for _ in range(2)]
    assert limited == [(403, "rateLimitExceeded"), (429, "rateLimitExceeded")]
    assert calendar.get("/colors").text.startswith("<html>")
    assert calendar.get("/colors").status_code == 200
