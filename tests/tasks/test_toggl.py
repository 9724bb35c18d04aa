"""The copy of a Toggl account equals the account, whatever happened there and however the service behaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from json import dumps

import psycopg
import pytest
from pydantic import SecretStr

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.faults import Fault, FaultKind
from infra.local.server import StandIn
from infra.local.toggl_json import client_json, entry_json, project_json
from infra.local.track import Track
from tasks import toggl
from tasks.errors import CredentialsError, QuotaError, SourceError, SourceUnavailable
from tasks.raw import SyncSummary
from tasks.settings import TogglAccess
from tasks.toggl import TogglClient
from tests.tasks.conftest import live_rows, versions
from tests.tasks.toggl_account import ENTRIES, access_to, finished

PROJECTS = "toggl_track__projects"
TABLES = (ENTRIES, *(f"toggl_track__{name}" for name in ("me", "workspaces", "projects", "clients", "tags", "users")))

Sync = Callable[..., SyncSummary]


@pytest.fixture
def access(stand_in: StandIn) -> TogglAccess:
    return access_to(stand_in)


@pytest.fixture
def sync(stand_in: StandIn, connection: psycopg.Connection, access: TogglAccess) -> Sync:
    """Sync now by the stand-in's clock; `sleep` is what happens while the client waits. Quota starts afresh."""

    def sync(access: TogglAccess = access, sleep: Callable[[float], None] = lambda _seconds: None) -> SyncSummary:
        client = TogglClient(access, sleep=sleep)
        return toggl.sync(connection, access, now=stand_in.world.clock(), client=client)

    stand_in.toggl.quota_size = 1000
    return sync


@pytest.fixture
def track(stand_in: StandIn) -> Track:
    return stand_in.world.track


def reach(clock: ManualClock) -> datetime:
    """The first moment that the service lists entries of."""
    return datetime.combine((clock() - timedelta(days=90)).date(), time(), UTC)


def entries_of(track: Track, earliest: datetime) -> dict[str, dict[str, object]]:
    """What the account holds, as the service writes it."""
    return {str(entry.id): entry_json(entry, track) for entry in track.live_entries() if entry.start >= earliest}


def forget_cursor(connection: psycopg.Connection) -> None:
    """Let the next sync read windows, as if the cursor had been lost."""
    with connection.transaction():
        connection.execute("delete from raw.sync_state where stream = 'time_entries'")


def test_the_first_sync_copies_everything_in_reach(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    summary = sync()
    copied = live_rows(connection, ENTRIES)
    assert copied == entries_of(track, reach(clock))
    running = track.running_entry()
    assert running is not None
    assert copied[str(running.id)]["stop"] is None
    assert live_rows(connection, PROJECTS).keys() == {str(key) for key in track.projects}
    assert live_rows(connection, "toggl_track__clients").keys() == {str(key) for key in track.clients}
    assert live_rows(connection, "toggl_track__tags").keys() == {str(key) for key in track.tags}
    assert summary.requests <= 15


def test_entries_made_long_in_advance_are_there_from_the_first_sync_on(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    ahead = track.add_entry(clock() + timedelta(days=60), clock() + timedelta(days=60, hours=8)).id
    sync()
    assert str(ahead) in live_rows(connection, ENTRIES)


def test_no_secret_is_stored(sync: Sync, connection: psycopg.Connection) -> None:
    sync()
    stored = str([live_rows(connection, table) for table in TABLES])
    assert "Demo Person" in stored
    for secret in (credentials.TOGGL_API_TOKEN, "demo-workspace-token", "demo-secret-link", "demo-intercom-hash"):
        assert secret not in stored


def test_a_sync_without_news_costs_two_requests_and_rewrites_nothing(
    sync: Sync, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    before = [versions(connection, table) for table in TABLES]
    clock.advance(hours=1)
    assert sync().requests == 2
    assert [versions(connection, table) for table in TABLES] == before


def test_every_kind_of_change_arrives_with_the_next_sync(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    earliest = reach(clock)
    new, late, moved, gone, restored = (entry.id for entry in finished(track)[10:60:10])
    beyond_reach = finished(track)[-1]
    assert beyond_reach.start < earliest
    other = track.add_workspace("Other")

    clock.advance(hours=2)
    track.edit_entry(new, description="新しい名前", stop=track.entries[new].start + timedelta(minutes=7))
    track.edit_entry(late, start=track.entries[late].start - timedelta(days=40))
    track.edit_entry(moved, workspace_id=other.id)
    track.delete_entry(gone)
    track.delete_entry(restored)
    track.edit_entry(beyond_reach.id, description="much later")
    track.add_entry(clock() - timedelta(days=80), clock() - timedelta(days=80, hours=-1), description="late entry")
    track.add_entry(clock(), None, description="another timer")
    kept = live_rows(connection, ENTRIES)[str(gone)]
    sync()
    expected = entries_of(track, earliest) | {str(beyond_reach.id): entry_json(track.entries[beyond_reach.id], track)}
    assert live_rows(connection, ENTRIES) == expected

    tombstone = connection.execute(
        "select data, deleted_at is not null from raw.toggl_track__time_entries where source_id = %s", (str(gone),)
    ).fetchone()
    connection.commit()
    assert tombstone == (kept, True)

    clock.advance(days=1)
    track.restore_entry(restored)
    sync()
    assert str(restored) in live_rows(connection, ENTRIES)


def test_more_changes_than_one_answer_holds_all_arrive(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    clock.advance(hours=1)
    for entry in finished(track)[:1500]:
        track.edit_entry(entry.id, description="renamed in bulk")
    for entry in finished(track)[1000:2000:50]:
        track.delete_entry(entry.id)
    sync()
    assert live_rows(connection, ENTRIES) == entries_of(track, reach(clock))


def test_a_busy_window_is_read_in_parts(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    for minutes in range(2500):
        start = clock() - timedelta(days=3, minutes=minutes)
        track.add_entry(start, start + timedelta(seconds=30))
    sync()
    assert live_rows(connection, ENTRIES) == entries_of(track, reach(clock))


def test_a_change_that_toggl_shows_a_minute_late_arrives(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    clock.advance(hours=1)
    entry = track.edit_entry(finished(track)[0].id, description="on time")
    sync()
    late = replace(finished(track)[7], description="late", at=entry.at - timedelta(minutes=1))
    track.entries[late.id] = late
    sync()
    assert live_rows(connection, ENTRIES)[str(late.id)]["description"] == "late"


def test_after_months_without_a_sync_what_was_deleted_meanwhile_is_gone(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    out_of_reach = finished(track)[-1000].id
    for days in range(100):
        clock.advance(days=1)
        track.add_entry(clock() - timedelta(hours=3), clock() - timedelta(hours=2), description=f"day {days}")
    deleted = finished(track)[200].id
    track.delete_entry(deleted)
    sync()
    copied = live_rows(connection, ENTRIES)
    in_reach = {key: row for key, row in copied.items() if str(row["start"]) >= reach(clock).isoformat()}
    assert in_reach == entries_of(track, reach(clock))
    assert str(out_of_reach) in copied
    assert sync().requests == 2


def test_what_vanished_from_a_window_gets_a_tombstone(sync: Sync, track: Track, connection: psycopg.Connection) -> None:
    sync()
    vanished = finished(track)[100].id
    del track.entries[vanished]
    forget_cursor(connection)
    sync()
    assert live_rows(connection, ENTRIES).keys() == {
        key for key in versions(connection, ENTRIES) if key != str(vanished)
    }


@pytest.mark.parametrize("nothing", ["null", "[]"])
def test_an_empty_answer_deletes_nothing(
    sync: Sync, stand_in: StandIn, connection: psycopg.Connection, nothing: str
) -> None:
    sync()
    before = versions(connection, ENTRIES)
    forget_cursor(connection)
    stand_in.faults.add(
        Fault("/api/v9/me/time_entries", "status", times=20, status=200, body=nothing, media_type="application/json")
    )
    sync()
    assert versions(connection, ENTRIES) == before


def test_a_vanished_workspace_deletes_nothing(sync: Sync, track: Track, connection: psycopg.Connection) -> None:
    other = track.add_workspace("Idle")
    project = track.add_project("Old work", workspace_id=other.id)
    entry = finished(track)[50]
    track.edit_entry(entry.id, workspace_id=other.id, project_id=project.id)
    sync()
    track.remove_workspace(other.id)
    forget_cursor(connection)
    sync()
    assert str(entry.id) in live_rows(connection, ENTRIES)
    assert str(project.id) in live_rows(connection, PROJECTS)
    assert str(other.id) in live_rows(connection, "toggl_track__workspaces")


def test_a_change_made_while_the_first_sync_reads_is_not_lost(
    sync: Sync, stand_in: StandIn, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    already_read = finished(track)[5].id

    def meanwhile(_seconds: float) -> None:
        clock.advance(minutes=30)
        track.delete_entry(already_read)
        clock.advance(minutes=30)
        track.add_entry(clock() - timedelta(days=60), clock() - timedelta(days=60, hours=-1))

    stand_in.faults.add(Fault("/api/v9/me/time_entries", "status", after=2))
    sync(sleep=meanwhile)
    sync()
    assert live_rows(connection, ENTRIES) == entries_of(track, reach(clock))


def test_one_workspace_can_be_asked_for(
    sync: Sync, access: TogglAccess, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    home, other = track.user.default_workspace_id, track.add_workspace("Other")
    elsewhere, leaving = finished(track)[3].id, finished(track)[4].id
    track.edit_entry(elsewhere, workspace_id=other.id)
    only_home = replace(access, workspace_id=home)
    sync(only_home)
    clock.advance(hours=1)
    track.edit_entry(leaving, workspace_id=other.id)
    sync(only_home)
    at_home = {key: row for key, row in entries_of(track, reach(clock)).items() if row["workspace_id"] == home}
    assert live_rows(connection, ENTRIES) == at_home
    sync(access)
    assert live_rows(connection, ENTRIES) == entries_of(track, reach(clock))


def test_a_workspace_of_somebody_else_is_refused_by_name(sync: Sync, access: TogglAccess) -> None:
    with pytest.raises(SourceError, match=r"workspace 123 is not among yours: 7000001 \(Demo workspace\)"):
        sync(replace(access, workspace_id=123))


def test_changed_master_data_is_read_when_it_changed(
    sync: Sync, stand_in: StandIn, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    clock.advance(hours=1)
    renamed, archived, deleted = list(track.projects)[:3]
    track.edit_project(renamed, name="改名", color="#c7741c")
    track.edit_project(archived, active=False)
    track.delete_project(deleted)
    added = track.add_project("New", client_id=track.add_client("New client").id)
    stand_in.requests.clear()
    sync()
    asked = [request.path.rpartition("/")[2] for request in stand_in.requests]
    assert sorted(asked) == ["clients", "me", "projects", "projects", "time_entries"]
    copied = live_rows(connection, PROJECTS)
    assert copied.keys() == {str(key) for key in track.projects if key != deleted}
    for project_id in (renamed, archived, added.id):
        assert copied[str(project_id)] == project_json(track.projects[project_id], track)
    assert added.client_id is not None
    new_client = client_json(track.clients[added.client_id], track)
    assert live_rows(connection, "toggl_track__clients")[str(added.client_id)] == new_client


def test_archived_projects_that_me_does_not_name_stay_and_cost_nothing(
    sync: Sync, stand_in: StandIn, track: Track, connection: psycopg.Connection
) -> None:
    stand_in.toggl.related_data_has_archived = False
    archived = next(project for project in track.projects.values() if not project.active)
    sync()
    assert sync().requests == 2
    assert str(archived.id) in live_rows(connection, PROJECTS)


def test_tracked_time_alone_does_not_rewrite_a_project(
    sync: Sync, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    sync()
    before = versions(connection, PROJECTS)
    clock.advance(days=1)
    project_id = min(track.projects)
    track.add_entry(clock() - timedelta(hours=2), clock() - timedelta(hours=1), project_id=project_id)
    assert sync().requests == 2
    clock.advance(days=7)
    assert sync().requests > 2
    assert versions(connection, PROJECTS) == before


def test_a_catalogue_that_lacks_rows_is_not_believed_at_once(
    sync: Sync, stand_in: StandIn, connection: psycopg.Connection
) -> None:
    sync()
    before = versions(connection, PROJECTS)
    track = stand_in.world.track
    one = dumps([project_json(next(iter(track.projects.values())), track)])
    track.edit_project(max(track.projects), color="#c7741c")
    stand_in.faults.add(
        Fault("/api/v9/workspaces/7000001/projects", "status", status=200, body=one, media_type="application/json")
    )
    sync()
    assert versions(connection, PROJECTS).keys() == live_rows(connection, PROJECTS).keys() == before.keys()


def test_projects_come_in_all_their_pages(sync: Sync, track: Track, connection: psycopg.Connection) -> None:
    for number in range(450):
        track.add_project(f"Project {number}")
    sync()
    assert live_rows(connection, PROJECTS).keys() == {str(key) for key in track.projects}


def test_users_and_groups_are_asked_for_weekly_and_may_be_withheld(
    sync: Sync, stand_in: StandIn, clock: ManualClock
) -> None:
    stand_in.toggl.plan_lacks = {"users", "groups"}
    assert len(sync().notes) == 2
    assert sync().requests == 2
    clock.advance(days=7)
    assert len(sync().notes) == 2


def test_a_refused_token_says_where_to_get_one_and_never_what_it_was(
    sync: Sync, access: TogglAccess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(CredentialsError) as refused:
        sync(replace(access, token=SecretStr("0123456789abcdef")))
    assert refused.value.sentence == "Toggl refuses the API token (403)."
    assert "TOGGL_API_TOKEN" in refused.value.cure
    assert "0123456789abcdef" not in f"{refused.value!r} {caplog.text}"


def test_a_used_up_quota_says_when_it_is_renewed(sync: Sync, stand_in: StandIn, clock: ManualClock) -> None:
    stand_in.toggl.quota_size = 3
    with pytest.raises(QuotaError, match=r"renewed in 60 minutes") as used_up:
        sync()
    assert used_up.value.resets_at == clock() + timedelta(hours=1)
    assert len(stand_in.requests) == 4


def test_a_plan_without_entries_is_an_error_that_names_toggl_and_the_plan(sync: Sync, stand_in: StandIn) -> None:
    stand_in.toggl.plan_lacks = {"time_entries"}
    with pytest.raises(SourceError, match=r"Toggl.*plan"):
        sync()


def test_a_sync_that_broke_off_goes_on_where_it_stopped(
    sync: Sync, stand_in: StandIn, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    stand_in.faults.add(Fault("/api/v9/workspaces", "status", times=5))
    with pytest.raises(SourceUnavailable):
        sync()
    assert live_rows(connection, ENTRIES) == entries_of(track, reach(clock))
    stand_in.requests.clear()
    sync()
    assert len(live_rows(connection, PROJECTS)) == len(track.projects)
    assert [request.query for request in stand_in.requests if "start_date" in request.query] == []


@pytest.mark.parametrize("kind", ["status", "reset", "truncated"])
def test_a_bad_moment_passes(
    sync: Sync, stand_in: StandIn, clock: ManualClock, connection: psycopg.Connection, kind: FaultKind
) -> None:
    stand_in.faults.add(Fault("/api/v9/me", kind, times=4))
    sync()
    assert live_rows(connection, ENTRIES) == entries_of(stand_in.world.track, reach(clock))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("status", "Toggl Track answered 500 five times."),
        ("reset", "Toggl Track broke off its answer five times."),
        ("truncated", "Toggl Track sent unreadable JSON five times."),
    ],
)
def test_a_bad_day_is_an_error_and_changes_nothing(
    sync: Sync, stand_in: StandIn, connection: psycopg.Connection, kind: FaultKind, sentence: str
) -> None:
    sync()
    before = versions(connection, ENTRIES)
    track = stand_in.world.track
    track.delete_entry(finished(track)[0].id)
    stand_in.faults.add(Fault("/api/v9/me", kind, times=5))
    with pytest.raises(SourceUnavailable) as unavailable:
        sync()
    assert unavailable.value.sentence == sentence
    assert versions(connection, ENTRIES) == before


def test_a_service_that_asks_for_patience_is_asked_slowly(
    sync: Sync, stand_in: StandIn, track: Track, clock: ManualClock, connection: psycopg.Connection
) -> None:
    stand_in.toggl.paced = True
    sync(sleep=lambda seconds: clock.advance(seconds=seconds))
    assert live_rows(connection, PROJECTS).keys() == {str(key) for key in track.projects}


def test_text_that_postgres_cannot_hold_is_stored_without_it(
    sync: Sync, track: Track, connection: psycopg.Connection
) -> None:
    entry = track.edit_entry(finished(track)[0].id, description="a\0b \\u0000 c")
    sync()
    assert live_rows(connection, ENTRIES)[str(entry.id)]["description"] == "ab \\u0000 c"
