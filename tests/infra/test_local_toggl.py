"""The stand-in for Toggl answers as Track v9 and Reports v3 do, and refuses what they refuse."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.local.clock import ManualClock
from infra.local.server import StandIn
from tests.infra.conftest import NOW, toggl_client

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def reader(shared: StandIn) -> Iterator[httpx.Client]:
    with toggl_client(shared) as client:
        yield client


def span(start: datetime, end: datetime) -> dict[str, str]:
    return {"start_date": start.isoformat(), "end_date": end.isoformat()}


def test_without_credentials_401_and_with_wrong_ones_403(shared: StandIn) -> None:
    nobody = httpx.get(f"{shared.toggl_url}/me")
    stranger = httpx.get(f"{shared.toggl_url}/me", auth=("wrong", "api_token"))
    assert (nobody.status_code, nobody.headers["X-Authorization-Missing"], nobody.content) == (401, "true", b"")
    assert stranger.status_code == 403


def test_related_data_holds_nine_days_of_entries_and_null_for_tasks(reader: httpx.Client, shared: StandIn) -> None:
    me = reader.get("/me", params={"with_related_data": "true"}).json()
    starts = [datetime.fromisoformat(entry["start"]) for entry in me["time_entries"]]
    assert me["tasks"] is None
    assert me["time_entries"][0]["duration"] < 0
    assert NOW - 9 * DAY <= min(starts) < NOW - 8 * DAY
    assert {project["id"] for project in me["projects"]} == set(shared.world.track.projects)


def test_projects_come_in_pages_of_at_most_200(stand_in: StandIn, toggl: httpx.Client) -> None:
    track = stand_in.world.track
    for number in range(200):
        track.add_project(f"project {number:03}")
    path = f"/workspaces/{track.user.default_workspace_id}/projects"
    pages = [toggl.get(path, params={"per_page": 200, "page": page}).json() for page in (1, 2, 3)]
    assert [len(page or []) for page in pages] == [200, len(track.projects) - 200, 0]
    assert {row["id"] for page in pages for row in page or []} == set(track.projects)
    assert len(toggl.get(path).json()) == 151
    assert toggl.get(path, params={"per_page": 201}).status_code == 400


def test_archived_projects_and_clients_show_by_their_filters(reader: httpx.Client) -> None:
    base = "/workspaces/7000001"
    active = reader.get(f"{base}/projects", params={"active": "true"}).json()
    both = reader.get(f"{base}/projects", params={"active": "both"}).json()
    plain_clients = reader.get(f"{base}/clients").json()
    all_clients = reader.get(f"{base}/clients", params={"status": "both"}).json()
    assert [row["name"] for row in both if row not in active] == ["旧サイト運用"]
    assert [row["name"] for row in all_clients if row not in plain_clients] == ["旧サイト"]


def test_a_workspace_of_others_is_403(reader: httpx.Client) -> None:
    assert reader.get("/workspaces/1/tags").status_code == 403


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"since": "1", "before": "2026-03-01"}, "simultaneously"),
        ({"since": "1"}, "3 months"),
        ({"since": "yesterday"}, "since"),
        ({"start_date": "2026-03-01"}, "together"),
        ({"start_date": "2026-03-01T00:00Z", "end_date": "2026-03-02T00:00Z"}, "RFC 3339"),
        ({"start_date": "2026-03-01T00:00:00", "end_date": "2026-03-02T00:00:00"}, "RFC 3339"),
        ({"start_date": "2025-12-08", "end_date": "2026-03-02"}, "2025-12-09"),
        ({"since": "1772000000", "start_date": "2026-03-01", "end_date": "2026-03-02"}, "combined"),
    ],
)
def test_senseless_bounds_of_entries_are_400(reader: httpx.Client, query: dict[str, str], why: str) -> None:
    answer = reader.get("/me/time_entries", params=query)
    assert answer.status_code == 400
    assert why in answer.json()


def test_a_window_holds_what_starts_in_it_newest_first(reader: httpx.Client, shared: StandIn) -> None:
    live = shared.world.track.live_entries()
    start, end = live[200].start, live[100].start
    rows = reader.get("/me/time_entries", params=span(start, end)).json()
    assert [row["id"] for row in rows] == [entry.id for entry in live if start <= entry.start < end]


def test_an_end_date_is_excluded(reader: httpx.Client) -> None:
    rows = reader.get("/me/time_entries", params={"start_date": "2026-03-05", "end_date": "2026-03-06"}).json()
    assert {row["start"][:10] for row in rows} == {"2026-03-05"}


def test_a_listing_is_cut_at_1000_rows_and_keeps_the_newest(reader: httpx.Client, shared: StandIn) -> None:
    rows = reader.get("/me/time_entries", params=span(NOW - 60 * DAY, NOW)).json()
    newest = shared.world.track.live_entries()[:1000]
    assert [row["id"] for row in rows] == [entry.id for entry in newest]


def test_since_brings_old_edits_and_deletions_and_nothing_else(
    stand_in: StandIn, toggl: httpx.Client, clock: ManualClock
) -> None:
    track = stand_in.world.track
    clock.advance(hours=1)
    edited, deleted = track.live_entries()[-1], track.live_entries()[-2]
    since = int(clock().timestamp())
    track.edit_entry(edited.id, description="late")
    track.delete_entry(deleted.id)
    rows = {row["id"]: row for row in toggl.get("/me/time_entries", params={"since": since}).json()}
    window = toggl.get("/me/time_entries", params=span(NOW - 20 * DAY, NOW)).json()
    assert set(rows) == {edited.id, deleted.id}
    assert rows[edited.id]["description"] == "late"
    assert rows[deleted.id]["server_deleted_at"] == "2026-03-09T06:23:05+00:00"
    assert deleted.id not in {row["id"] for row in window}
    assert toggl.get(f"/me/time_entries/{deleted.id}").status_code == 404


def test_entries_are_written_as_the_service_writes_them(stand_in: StandIn, toggl: httpx.Client) -> None:
    start = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    entry = stand_in.world.track.add_entry(start, start + timedelta(minutes=5))
    row = toggl.get(f"/me/time_entries/{entry.id}").json()
    assert (row["start"], row["stop"], row["duration"]) == (
        "2026-03-09T01:00:00+00:00",
        "2026-03-09T01:05:00+00:00",
        300,
    )
    assert row["at"] == "2026-03-09T05:23:05Z"
    assert "pid" not in row
    assert row["project_id"] is None


def test_starting_a_timer_stops_the_running_one_now(stand_in: StandIn, toggl: httpx.Client) -> None:
    first = toggl.get("/me/time_entries/current").json()
    second = stand_in.world.track.add_entry(NOW - timedelta(minutes=2), None)
    stopped = toggl.get(f"/me/time_entries/{first['id']}").json()
    assert stopped["stop"] == "2026-03-09T05:23:05+00:00"
    assert toggl.get("/me/time_entries/current").json()["id"] == second.id
    stand_in.world.track.stop_timer()
    assert toggl.get("/me/time_entries/current").text == "null"


def test_the_two_quotas_run_out_apart_and_reset_an_hour_after_their_first_request(
    stand_in: StandIn, toggl: httpx.Client, clock: ManualClock
) -> None:
    stand_in.toggl.quota_size = 2
    answers = []
    for _ in range(3):
        answers.append(toggl.get("/me"))
        clock.advance(minutes=10)
    heads = [(answer.status_code, answer.headers["X-Toggl-Quota-Remaining"]) for answer in answers]
    assert heads == [(200, "1"), (200, "0"), (402, "0")]
    assert answers[2].headers["X-Toggl-Quota-Resets-In"] == "2400"
    assert toggl.get("/workspaces/7000001/tags").status_code == 200
    buckets = {row["organization_id"]: row["remaining"] for row in toggl.get("/me/quota").json()}
    assert buckets == {None: 0, 6000001: 1}
    clock.advance(minutes=30)
    assert toggl.get("/me").headers["X-Toggl-Quota-Remaining"] == "1"


def test_what_the_plan_lacks_is_402_without_quota_headers(stand_in: StandIn, toggl: httpx.Client) -> None:
    lacking = toggl.get("/workspaces/7000001/groups")
    stand_in.toggl.plan_lacks.clear()
    included = toggl.get("/workspaces/7000001/groups")
    assert lacking.status_code == 402
    assert "X-Toggl-Quota-Remaining" not in lacking.headers
    assert (included.status_code, included.text) == (200, "null")


def test_when_paced_a_second_request_within_a_second_is_429(
    stand_in: StandIn, toggl: httpx.Client, clock: ManualClock
) -> None:
    stand_in.toggl.paced = True
    statuses = [toggl.get("/me").status_code, toggl.get("/me").status_code]
    clock.advance(seconds=1)
    assert [*statuses, toggl.get("/me").status_code] == [200, 429, 200]
