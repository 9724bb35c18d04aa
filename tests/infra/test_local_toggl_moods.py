"""The stand-in for Toggl takes on what the real service differs in by plan, age or mood, at the turn of a switch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import httpx
import pytest

from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.ledger import Ledger
from infra.local.server import StandIn
from infra.local.track import Entry, Track
from tests.infra.conftest import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BASE = "/workspaces/7000001"


@pytest.fixture
def track(stand_in: StandIn) -> Track:
    return stand_in.world.track


def changed_since(toggl: httpx.Client, moment: datetime) -> dict[int, dict[str, object]]:
    """What `since` brings, by the entries' ids."""
    rows = toggl.get("/me/time_entries", params={"since": int(moment.timestamp())}).raise_for_status().json()
    return {row["id"]: row for row in rows}


def test_stamps_of_entries_can_end_in_z(stand_in: StandIn, track: Track, toggl: httpx.Client) -> None:
    start = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    entry = track.add_entry(start, start + HOUR)
    stand_in.toggl.z_stamps = True
    row = toggl.get(f"/me/time_entries/{entry.id}").json()
    assert (row["start"], row["stop"]) == ("2026-03-09T01:00:00Z", "2026-03-09T02:00:00Z")
    track.delete_entry(entry.id)
    assert changed_since(toggl, NOW)[entry.id]["server_deleted_at"] == "2026-03-09T05:23:05Z"


def test_single_collections_can_be_null(stand_in: StandIn, toggl: httpx.Client) -> None:
    stand_in.toggl.null_collections = {"tags", "time_entries"}
    me = toggl.get("/me", params={"with_related_data": "true"}).json()
    assert {name for name, value in me.items() if value is None} == {"openid_email", "tags", "time_entries"}
    assert me["tasks"] == []
    assert toggl.get(f"{BASE}/tags").json() is None
    assert toggl.get("/me/time_entries").json() is None
    assert toggl.get(f"{BASE}/clients").json()


def test_a_page_of_tags_can_be_shorter_than_asked_for(stand_in: StandIn, track: Track, toggl: httpx.Client) -> None:
    for number in range(10):
        track.add_tag(f"tag {number}")
    assert len(toggl.get(f"{BASE}/tags").json()) == len(track.tags)
    assert len(toggl.get(f"{BASE}/tags", params={"per_page": 3}).json()) == 3
    stand_in.toggl.tag_page_cap = 5
    pages = [toggl.get(f"{BASE}/tags", params={"per_page": 200, "page": page}).json() or [] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [5, 5, 4, 0]
    assert {row["id"] for page in pages for row in page} == set(track.tags)
    assert [row["name"] for row in toggl.get(f"{BASE}/tags", params={"search": "TAG 7"}).json()] == ["tag 7"]


def test_the_reach_of_windows_and_of_since_can_differ(stand_in: StandIn, track: Track, toggl: httpx.Client) -> None:
    old = track.add_entry(NOW - 100 * DAY, NOW - 100 * DAY + HOUR).id
    assert old in changed_since(toggl, NOW)
    stand_in.toggl.since_tells_old_starts = False
    assert old not in changed_since(toggl, NOW)
    stand_in.toggl.reach_days = 120
    window = {"start_date": (NOW - 101 * DAY).isoformat(), "end_date": (NOW - 99 * DAY).isoformat()}
    assert old in {row["id"] for row in toggl.get("/me/time_entries", params=window).json()}
    stand_in.toggl.since_reach_days = 10
    stale = toggl.get("/me/time_entries", params={"since": int((NOW - 11 * DAY).timestamp())})
    assert stale.status_code == 400


def test_an_entry_moved_to_another_workspace_keeps_nothing_of_the_first(track: Track, toggl: httpx.Client) -> None:
    entry = next(entry for entry in track.live_entries() if entry.project_id and entry.tag_ids)
    other = track.add_workspace("Other")
    track.edit_entry(entry.id, workspace_id=other.id)
    moved = toggl.get(f"/me/time_entries/{entry.id}").json()
    assert (moved["workspace_id"], moved["project_id"], moved["tag_ids"]) == (other.id, None, [])
    project = track.add_project("There", workspace_id=other.id)
    track.edit_entry(entry.id, workspace_id=7000001)
    track.edit_entry(entry.id, workspace_id=other.id, project_id=project.id)
    assert toggl.get(f"/me/time_entries/{entry.id}").json()["pid"] == project.id


def test_a_duration_need_not_agree_with_start_and_stop(track: Track, toggl: httpx.Client) -> None:
    begun = track.running_entry()
    assert begun is not None
    track.edit_entry(begun.id, duration=-1)
    assert toggl.get("/me/time_entries/current").json()["duration"] == -1
    track.edit_entry(begun.id, duration=0)
    assert toggl.get("/me/time_entries/current").text == "null"
    undecided = toggl.get(f"/me/time_entries/{begun.id}").json()
    assert (undecided["stop"], undecided["duration"]) == (None, 0)


def test_a_change_of_the_profile_s_zone_shows(track: Track, toggl: httpx.Client, clock: ManualClock) -> None:
    clock.advance(minutes=1)
    track.edit_user(timezone="Europe/Lisbon")
    me = toggl.get("/me").json()
    assert (me["timezone"], me["at"]) == ("Europe/Lisbon", "2026-03-09T05:24:05Z")


def test_the_account_s_own_listings_hold_every_workspace(track: Track, toggl: httpx.Client) -> None:
    other = track.add_workspace("Other")
    for number in range(300):
        track.add_project(f"there {number}", workspace_id=other.id)
    tag = track.add_tag("there", other.id)
    active = {row.id for row in track.projects.values() if row.active}
    assert {row["id"] for row in toggl.get("/me/projects").json()} == active
    assert {row["id"] for row in toggl.get("/me/projects", params={"include_archived": "true"}).json()} == set(
        track.projects
    )
    first = toggl.get("/me/projects/paginated").json()
    second = toggl.get("/me/projects/paginated", params={"start_project_id": first[-1]["id"]}).json()
    assert len(first) == 201
    assert {row["id"] for row in first + second} == set(track.projects)
    assert tag.id in {row["id"] for row in toggl.get("/me/tags").json()}
    assert {row["id"] for row in toggl.get("/me/clients").json()} == set(track.clients)
    assert toggl.get("/me/tasks").text == "null"


def test_deleted_master_data_shows_only_with_since(track: Track, toggl: httpx.Client, clock: ManualClock) -> None:
    clock.advance(hours=1)
    since = {"since": int(clock().timestamp())}
    for rows, delete, stamp in (
        ("projects", track.delete_project, "server_deleted_at"),
        ("clients", track.delete_client, "server_deleted_at"),
        ("tags", track.delete_tag, "deleted_at"),
    ):
        gone = next(iter(getattr(track, rows)))
        delete(gone)
        assert gone not in {row["id"] for row in toggl.get(f"{BASE}/{rows}").json()}
        told = {row["id"]: row for row in toggl.get(f"{BASE}/{rows}", params=since | {"status": "both"}).json()}
        assert told[gone][stamp]


def test_tasks_are_beyond_the_free_plan_and_wrapped_in_another(stand_in: StandIn, toggl: httpx.Client) -> None:
    lacking = toggl.get(f"{BASE}/tasks")
    stand_in.toggl.plan_lacks.clear()
    included = toggl.get(f"{BASE}/tasks").json()
    assert (lacking.status_code, "X-Toggl-Quota-Remaining" in lacking.headers) == (402, False)
    assert (included["data"], included["total_count"]) == (None, 0)


def test_a_burst_and_an_outage_come_as_html(stand_in: StandIn, toggl: httpx.Client) -> None:
    stand_in.toggl.paced = True
    stand_in.faults.add(Fault("/api/v9/me", "status", status=503, after=2))
    answers = [toggl.get("/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 503]
    assert [answer.text[:6] for answer in answers[1:]] == ["<html>", "<html>"]
    assert "Retry-After" not in answers[1].headers


def test_a_ledger_is_changed_like_a_dict_and_keeps_its_orders(track: Track) -> None:
    first, second = track.live_entries()[3:5]
    track.entries[first.id] = replace(first, start=NOW - 30 * DAY)
    del track.entries[second.id]
    ids = [entry.id for entry in track.live_entries()]
    assert ids[-1] == first.id
    assert second.id not in ids
    assert len(track.entries) == len(ids) + sum(entry.deleted_at is not None for entry in track.entries.values())


def test_80_000_entries_are_changed_and_listed_in_no_time() -> None:
    ledger = Ledger()
    for number in range(80_000):
        start = NOW - 80_000 * HOUR + number * HOUR
        ledger[number] = Entry(number, 1, start, start + HOUR, at=start + HOUR)
    began = process_time()
    for number in range(0, 80_000, 400):
        ledger[number] = Entry(
            number, 1, ledger[number].start, None, at=NOW + HOUR + number * timedelta(milliseconds=1)
        )
        assert ledger.changed(NOW + HOUR)[-1].id == number
        assert len(ledger.live(NOW - 10 * HOUR)) == 10
    assert (process_time() - began) / 200 < 0.005
