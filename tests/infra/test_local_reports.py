"""The stand-in for Toggl's Reports answers as the real one does, and lags, rounds and refuses where that does."""

from datetime import timedelta

import httpx
import pytest

from infra.local.clock import ManualClock
from infra.local.server import StandIn
from infra.local.track import Entry, Track
from tests.infra.conftest import BASIC, NOW

DAY = timedelta(days=1)
TODAY = {"start_date": "2026-03-09", "end_date": "2026-03-09"}
MARCH = {"start_date": "2026-03-01", "end_date": "2026-03-08"}


@pytest.fixture
def search(shared: StandIn) -> str:
    return search_url(shared)


def search_url(stand_in: StandIn) -> str:
    workspace_id = stand_in.world.track.user.default_workspace_id
    return f"{stand_in.toggl_reports_url}/workspace/{workspace_id}/search/time_entries"


@pytest.fixture
def track(stand_in: StandIn) -> Track:
    return stand_in.world.track


def report(stand_in: StandIn, **body: object) -> httpx.Response:
    """The answer of the detailed report of today, or whatever else the body says."""
    return httpx.post(search_url(stand_in), json=TODAY | body, auth=BASIC)


def shown(stand_in: StandIn, **body: object) -> dict[int, dict[str, object]]:
    """The entries of one page of the report by their ids, as they come."""
    rows = report(stand_in, page_size=1000, **body).raise_for_status().json()
    return {entry["id"]: entry for row in rows for entry in row["time_entries"]}


def total(stand_in: StandIn, **body: object) -> int:
    """The seconds that the totals count."""
    answer = httpx.post(f"{search_url(stand_in)}/totals", json=TODAY | body, auth=BASIC).raise_for_status()
    seconds = answer.json()["seconds"]
    assert isinstance(seconds, int)
    return seconds


def all_pages(stand_in: StandIn, **body: object) -> list[int]:
    """The ids of a report's entries, page after page by the three headers of each answer."""
    found: list[int] = []
    while True:
        page = report(stand_in, **body).raise_for_status()
        found += [entry["id"] for row in page.json() for entry in row["time_entries"]]
        if "X-Next-Row-Number" not in page.headers:
            return found
        body |= {
            "first_id": int(page.headers["X-Next-ID"]),
            "first_row_number": int(page.headers["X-Next-Row-Number"]),
            "first_timestamp": int(page.headers["X-Next-Timestamp"]),
        }


def finished(track: Track) -> list[Entry]:
    """The owner's entries of today that do not run, newest first."""
    return [entry for entry in track.live_entries() if entry.stop and entry.start >= NOW.replace(hour=0)]


def test_a_report_pages_by_its_three_headers_to_every_entry_once(shared: StandIn, search: str) -> None:
    body: dict[str, object] = {"start_date": "2026-03-01", "end_date": "2026-03-08", "page_size": 100}
    found: list[int] = []
    while True:
        page = httpx.post(search, json=body, auth=BASIC)
        found += [entry["id"] for row in page.json() for entry in row["time_entries"]]
        if "X-Next-Row-Number" not in page.headers:
            break
        body |= {
            "first_id": int(page.headers["X-Next-ID"]),
            "first_row_number": int(page.headers["X-Next-Row-Number"]),
            "first_timestamp": int(page.headers["X-Next-Timestamp"]),
        }
    first, last = NOW.replace(day=1, hour=0, minute=0, second=0), NOW.replace(hour=0, minute=0, second=0)
    expected = [entry.id for entry in shared.world.track.live_entries() if first <= entry.start < last]
    assert found == expected
    del body["first_timestamp"]
    assert httpx.post(search, json=body, auth=BASIC).json() == []


def test_report_totals_agree_with_the_entries(shared: StandIn, search: str) -> None:
    totals = httpx.post(
        f"{search}/totals", json={"start_date": "2026-03-08", "end_date": "2026-03-08"}, auth=BASIC
    ).json()
    midnight = NOW.replace(day=8, hour=0, minute=0, second=0)
    day = [row for row in shared.world.track.live_entries() if midnight <= row.start < midnight + DAY]
    assert totals["seconds"] == sum((row.stop - row.start).total_seconds() for row in day if row.stop)


def test_report_times_are_local_and_running_and_deleted_entries_are_left_out(stand_in: StandIn) -> None:
    track = stand_in.world.track
    gone = track.live_entries()[3]
    track.delete_entry(gone.id)
    body = {"start_date": "2026-03-09", "end_date": "2026-03-09"}
    rows = httpx.post(search_url(stand_in), json=body, auth=BASIC).json()
    entries = {entry["id"]: entry for row in rows for entry in row["time_entries"]}
    assert all(entry["start"].endswith("+09:00") for entry in entries.values())
    running = track.running_entry()
    assert running is not None
    assert not {gone.id, running.id} & set(entries)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"start_date": "2025-03-08", "end_date": "2026-03-09"},
        {"start_date": "2026-03-09T00:00:00Z", "end_date": "2026-03-09"},
        {"start_date": "2026-03-09", "end_date": "2026-03-09", "order_by": "colour"},
    ],
)
def test_senseless_reports_are_400(search: str, body: dict[str, str]) -> None:
    assert httpx.post(search, json=body, auth=BASIC).status_code == 400


def test_a_report_of_366_days_is_the_longest(search: str) -> None:
    body = {"start_date": "2025-03-09", "end_date": "2026-03-09"}
    assert httpx.post(search, json=body, auth=BASIC).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"page_size": 0},
        {"page_size": "50"},
        {"first_row_number": True},
        {"first_id": "1"},
        {"user_ids": 9000001},
        {"user_ids": [None]},
        {"project_ids": ["1"]},
        {"description": 7},
        {"grouped": "yes"},
        {"rounding": 2},
        {"rounding_minutes": -1},
        {"order_dir": "down"},
        {"min_duration_seconds": "long"},
    ],
)
def test_a_field_of_a_wrong_kind_is_400_and_named(shared: StandIn, body: dict[str, object]) -> None:
    answer = report(shared, **body)
    assert answer.status_code == 400
    assert f"Invalid '{next(iter(body))}' value" in answer.json()


def test_too_long_a_span_can_come_out_empty_instead(stand_in: StandIn) -> None:
    stand_in.toggl.report_overlong_is_empty = True
    answer = report(stand_in, start_date="2025-03-08")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("order", ["date", "user", "duration", "description", "last_update"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_every_order_pages_to_every_entry_once(shared: StandIn, order: str, direction: str) -> None:
    found = all_pages(shared, **MARCH, order_by=order, order_dir=direction, page_size=70)
    assert len(found) == len(set(found))
    assert set(found) == set(shown(shared, **MARCH))


def test_the_last_update_orders_by_the_time_of_change(stand_in: StandIn, track: Track, clock: ManualClock) -> None:
    clock.advance(hours=1)
    edited = [finished(track)[number].id for number in (7, 3, 5)]
    for entry_id in edited:
        track.edit_entry(entry_id, description="late")
    found = all_pages(stand_in, order_by="last_update", order_dir="DESC", page_size=2)
    assert found[:3] == edited[::-1]


def test_rows_hold_one_entry_each_unless_grouping_is_asked_for(stand_in: StandIn, track: Track) -> None:
    alike = [finished(track)[number].id for number in (2, 4, 6)]
    for entry_id in alike:
        track.edit_entry(entry_id, description="same", project_id=None, tag_ids=())
    single = report(stand_in, page_size=1000).json()
    grouped = report(stand_in, page_size=1000, grouped=True).json()
    assert {len(row["time_entries"]) for row in single} == {1}
    assert [[entry["id"] for entry in row["time_entries"]] for row in grouped if row["description"] == "same"] == [
        alike
    ]
    assert [row["row_number"] for row in grouped] == list(range(1, len(grouped) + 1))


def test_reports_are_behind_by_as_much_as_they_are_told(stand_in: StandIn, track: Track, clock: ManualClock) -> None:
    clock.advance(hours=1)
    edited, deleted, untouched = finished(track)[:3]
    before, seconds = shown(stand_in), total(stand_in)
    stand_in.toggl.report_lag_seconds = 300
    track.edit_entry(edited.id, stop=edited.start + timedelta(seconds=1))
    track.delete_entry(deleted.id)
    added = track.add_entry(NOW, NOW + timedelta(minutes=5)).id
    assert (shown(stand_in), total(stand_in)) == (before, seconds)
    stand_in.toggl.report_lag_hides = True
    assert {edited.id, deleted.id, untouched.id} & set(shown(stand_in)) == {untouched.id}
    clock.advance(seconds=301)
    assert {edited.id, deleted.id, added} & set(shown(stand_in)) == {edited.id, added}
    assert shown(stand_in)[edited.id]["seconds"] == 1


def test_colleagues_are_in_the_reports_unless_filtered_and_nowhere_else(
    stand_in: StandIn, track: Track, toggl: httpx.Client
) -> None:
    own, seconds = set(shown(stand_in)), total(stand_in)
    colleague = track.add_colleague("Bob")
    entry = track.add_entry_of(colleague.id, NOW - timedelta(hours=2), NOW - timedelta(hours=1), description="theirs")
    row = next(row for row in report(stand_in, enrich_response=True).json() if row["description"] == "theirs")
    assert (row["user_id"], row["username"], row["email"]) == (colleague.id, "Bob", colleague.email)
    assert set(shown(stand_in)) == own | {entry.id}
    assert set(shown(stand_in, user_ids=[track.user.id])) == own
    assert set(shown(stand_in, user_ids=[colleague.id])) == {entry.id}
    assert (total(stand_in), total(stand_in, user_ids=[track.user.id])) == (seconds + 3600, seconds)
    assert entry.id not in {row["id"] for row in toggl.get("/me/time_entries", params={"since": "1772000000"}).json()}
    assert [row["fullname"] for row in toggl.get("/workspaces/7000001/users").json()] == ["Demo Person", "Bob"]
    track.delete_entry(entry.id)
    assert total(stand_in) == seconds


@pytest.mark.parametrize("name", ["project_ids", "client_ids", "tag_ids", "time_entry_ids"])
def test_totals_count_what_the_search_lists(shared: StandIn, name: str) -> None:
    track = shared.world.track
    sample = next(entry for entry in track.live_entries()[1:] if entry.tag_ids and entry.project_id)
    client_id = track.projects[sample.project_id or 0].client_id
    wanted = {
        "project_ids": sample.project_id,
        "client_ids": client_id,
        "tag_ids": sample.tag_ids[0],
        "time_entry_ids": sample.id,
    }
    question: dict[str, object] = {"start_date": "2026-02-01", name: [wanted[name]]}
    seconds = [entry["seconds"] for entry in shown(shared, **question).values()]
    assert total(shared, **question) == sum(map(int, map(str, seconds))) > 0
    assert total(shared, **question) < total(shared, start_date="2026-02-01")


def test_without_a_project_is_null_among_the_ids(shared: StandIn) -> None:
    rows = report(shared, project_ids=[None], page_size=1000).json()
    assert rows
    assert {row["project_id"] for row in rows} == {None}


def test_durations_are_rounded_by_preference_unless_the_request_says_not_to(stand_in: StandIn, track: Track) -> None:
    stand_in.toggl.report_rounding_minutes = 15
    entry = finished(track)[0]
    track.edit_entry(entry.id, stop=entry.start + timedelta(minutes=16))
    told = {
        "preferred": shown(stand_in)[entry.id]["seconds"],
        "exact": shown(stand_in, rounding=0, rounding_minutes=0)[entry.id]["seconds"],
        "down": shown(stand_in, rounding=-1, rounding_minutes=5)[entry.id]["seconds"],
    }
    assert told == {"preferred": 1800, "exact": 960, "down": 900}


def test_the_running_entry_can_be_listed(stand_in: StandIn, track: Track) -> None:
    stand_in.toggl.report_lists_running = True
    running = track.running_entry()
    assert running is not None
    listed = shown(stand_in)[running.id]
    assert listed["stop"] is None
    assert int(str(listed["seconds"])) < 0


def test_reports_spend_the_quota_of_their_workspace_s_organization(
    stand_in: StandIn, track: Track, toggl: httpx.Client
) -> None:
    other = track.add_organization("Second")
    elsewhere = track.add_workspace("Elsewhere", other.id)
    stand_in.toggl.quota_sizes = {6000001: 1, other.id: 5}
    first, second = report(stand_in), report(stand_in)
    third = httpx.post(search_url(stand_in).replace("7000001", str(elsewhere.id)), json=TODAY, auth=BASIC)
    answers = [(answer.status_code, answer.headers["X-Toggl-Quota-Remaining"]) for answer in (first, second, third)]
    assert answers == [(200, "0"), (402, "0"), (200, "4")]
    assert second.headers["X-Toggl-Quota-Resets-In"] == "3600"
    assert toggl.get("/me").headers["X-Toggl-Quota-Remaining"] == "29"
    assert {row["organization_id"]: row["total"] for row in toggl.get("/me/quota").json()} == {
        None: 30,
        6000001: 1,
        other.id: 5,
    }


def test_what_the_plan_does_not_report_is_402_without_quota_headers(stand_in: StandIn) -> None:
    stand_in.toggl.report_reach_days = 365
    beyond, within = report(stand_in, start_date="2025-03-08", end_date="2025-03-10"), report(stand_in)
    stand_in.toggl.plan_lacks.add("reports")
    lacking = report(stand_in)
    assert [answer.status_code for answer in (beyond, within, lacking)] == [402, 200, 402]
    assert ["X-Toggl-Quota-Remaining" in answer.headers for answer in (beyond, within, lacking)] == [False, True, False]
