"""History is complete however it is served, and what a sync has missed or left over is found by comparison."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from json import dumps

import psycopg
import pytest

from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.life import live
from infra.local.server import StandIn
from tasks import toggl
from tasks.errors import BusyError, InputError, SourceError
from tasks.raw import only_sync_of
from tasks.toggl import HistoryAsked
from tests.tasks.conftest import NOW, TOKYO, live_rows, versions
from tests.tasks.toggl_account import ENTRIES, REPORT, RESERVE, Account, access_to, finished

LONG_AGO = HistoryAsked(first=date(2024, 6, 1))
SEARCH = "/reports/api/v3/workspace/7000001/search/time_entries"


@pytest.fixture(scope="module")
def three_years() -> Iterator[StandIn]:
    """An account with a long history, for tests that only read it; its clock never stands still between tests."""
    clock = ManualClock(NOW)
    with StandIn(live(7, clock, TOKYO, days=600)) as stand_in:
        yield stand_in


@pytest.fixture
def history(three_years: StandIn, connection: psycopg.Connection) -> Account:
    clock = three_years.world.clock
    assert isinstance(clock, ManualClock)
    clock.advance(hours=2)
    three_years.requests.clear()
    three_years.statuses.clear()
    three_years.toggl.report_page_cap = 1000
    return Account(three_years, clock, connection)


@pytest.fixture
def account(stand_in: StandIn, clock: ManualClock, connection: psycopg.Connection) -> Account:
    """An account of the test's own: 100 days, ten of them beyond the reach of the Track API."""
    stand_in.toggl.quota_size = 1000
    return Account(stand_in, clock, connection)


def asked(account: Account, path: str = SEARCH) -> int:
    """How many requests to a path there were."""
    return sum(request.path == path for request in account.stand_in.requests)


def days_listed(account: Account) -> dict[int, dict[str, object]]:
    return {int(key): row for key, row in live_rows(account.connection, REPORT).items()}


@pytest.mark.parametrize(("cap", "oldest_first"), [(1000, False), (200, True), (50, False)])
def test_history_is_complete_at_any_page_size_and_meets_no_refusal(
    history: Account, cap: int, *, oldest_first: bool
) -> None:
    history.stand_in.toggl.report_page_cap = cap
    given = history.backfill(HistoryAsked(LONG_AGO.first, oldest_first=oldest_first))
    entries = {entry.id: entry for entry in finished(history.track)}
    listed = days_listed(history)
    assert listed.keys() == entries.keys()
    for entry_id, entry in entries.items():
        row = listed[entry_id]
        assert row["start"] == entry.start.astimezone(TOKYO).isoformat()
        assert (row["project_id"], row["description"]) == (entry.project_id, entry.description or "")
    assert history.stand_in.statuses.keys() == {200}
    assert given[-1].share == 1.0
    shares = [progress.share for progress in given]
    assert shares == sorted(shares)
    pages = -(-len(entries) // cap)
    assert pages <= asked(history) <= pages + 4
    assert history.waits == (len(history.stand_in.requests) - 1 - history.waits) // (30 - RESERVE)


def test_the_reserve_is_left_to_others(history: Account) -> None:
    history.stand_in.toggl.report_page_cap = 200
    history.backfill(LONG_AGO)
    quota = history.stand_in.toggl_door.quota(6_000_001)
    assert quota.remaining >= RESERVE
    assert history.client().allowance(7_000_001) is None, "nothing is known of the bucket until a workspace was seen"


def test_history_goes_on_where_it_was_stopped(account: Account) -> None:
    account.stand_in.toggl.report_page_cap = 200
    account.backfill(LONG_AGO)
    whole = asked(account)
    account.connection.execute("delete from raw.sync_state; delete from raw.toggl_track__time_entries_report")
    account.connection.commit()
    account.stand_in.requests.clear()
    account.stand_in.faults.add(Fault(SEARCH, "status", after=4, times=5, status=503))
    with pytest.raises(SourceError, match="503 five times"):
        account.backfill(LONG_AGO)
    account.backfill(LONG_AGO)
    assert asked(account) == whole + 5, "no page that was committed is read again"
    assert days_listed(account).keys() == {entry.id for entry in finished(account.track)}


def test_what_was_read_is_not_read_again(account: Account) -> None:
    account.backfill(HistoryAsked(first=date(2026, 1, 1), last=date(2026, 2, 28)))
    account.stand_in.requests.clear()
    account.backfill(HistoryAsked(first=date(2026, 1, 5), last=date(2026, 2, 20)))
    assert asked(account) == 0
    account.backfill(HistoryAsked(first=date(2025, 12, 20), last=date(2026, 2, 28)))
    assert asked(account) == 1


def test_days_are_those_of_the_profile_and_neighbours_do_no_harm(account: Account) -> None:
    midnight = datetime(2026, 1, 10, tzinfo=TOKYO).astimezone(UTC)
    inside = account.track.add_entry(midnight, midnight + timedelta(minutes=5)).id
    account.backfill(HistoryAsked(first=date(2026, 1, 10), last=date(2026, 1, 10)))
    assert inside in days_listed(account)


def test_nobody_elses_entries_are_copied_and_nothing_is_rounded(account: Account) -> None:
    colleague = account.track.add_colleague("Bob")
    theirs = account.track.add_entry_of(colleague.id, account.days_ago(3), account.days_ago(2.99)).id
    account.stand_in.toggl.report_rounding_minutes = 15
    account.backfill(LONG_AGO)
    listed = days_listed(account)
    assert theirs not in listed
    for entry in finished(account.track):
        assert entry.stop is not None
        assert listed[entry.id]["seconds"] == (entry.stop - entry.start).total_seconds()


def test_a_plan_that_does_not_show_so_much_is_named_and_costs_nothing_that_it_shows(account: Account) -> None:
    account.stand_in.toggl.report_reach_days = 40
    with pytest.raises(SourceError, match=r"plan does not show all reports of 2023-01-01 to 2026-03-09.*402"):
        account.backfill(HistoryAsked(first=date(2023, 1, 1)))
    account.sync()
    account.clock.advance(days=3)
    before = account.mirrored()
    assert account.reconcile()[-1].share < 1
    assert account.mirrored() >= before, "what the plan does not show is left as it is"


def test_a_second_reader_of_history_leaves_with_a_word(account: Account, database_url: str) -> None:
    with (
        psycopg.connect(database_url) as other,
        only_sync_of(other, "history of Toggl Track"),
        pytest.raises(BusyError, match="Another run"),
    ):
        account.backfill(LONG_AGO)


def test_days_that_make_no_sense_are_refused(account: Account) -> None:
    with pytest.raises(InputError, match="2026-01-01 lies before 2026-02-01"):
        account.backfill(HistoryAsked(first=date(2026, 2, 1), last=date(2026, 1, 1)))


def test_a_daily_sync_gets_through_while_history_is_read(account: Account) -> None:
    account.stand_in.toggl.quota_size = 30
    account.stand_in.toggl.report_page_cap = 50
    access = access_to(account.stand_in)
    steps = toggl.backfill(account.connection, access, LONG_AGO, now=account.clock(), client=account.client(RESERVE))
    for _ in range(15):
        next(steps)
    assert account.sync().requests <= 15
    assert account.stand_in.statuses[402] == 1, "that is what the plan says of groups"


def test_a_deletion_seen_by_either_api_counts_for_both_and_so_does_a_restoration(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    entry = finished(account.track)[300]
    account.clock.advance(hours=2)
    account.track.delete_entry(entry.id)
    account.sync()
    assert entry.id not in account.mirrored()
    account.track.restore_entry(entry.id)
    account.sync()
    for table in (ENTRIES, REPORT):
        assert str(entry.id) in live_rows(account.connection, table)


def test_a_comparison_without_findings_rewrites_nothing_and_costs_little(account: Account) -> None:
    account.sync()
    account.backfill(HistoryAsked(first=date(2020, 1, 1)))
    account.reconcile()
    before = versions(account.connection, REPORT)
    account.clock.advance(days=7)
    account.stand_in.requests.clear()
    account.reconcile()
    assert versions(account.connection, REPORT) == before
    # Six years beyond the last three months are six pieces of at most a year, and two requests each.
    assert len(account.stand_in.requests) <= 1 + 6 + 2 * 6


def test_entries_known_from_the_track_api_are_not_stored_twice(account: Account) -> None:
    account.sync()
    missed = finished(account.track)[700].id
    with account.connection.transaction():
        account.connection.execute("delete from raw.toggl_track__time_entries where source_id = %s", (str(missed),))
    account.reconcile()
    listed = days_listed(account).keys()
    assert missed in listed
    assert listed.isdisjoint(int(key) for key in live_rows(account.connection, ENTRIES))


def test_a_tombstone_of_one_api_alone_is_lifted_where_the_entry_lives(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    wronged = finished(account.track)[700].id
    with account.connection.transaction():
        account.connection.execute(
            "update raw.toggl_track__time_entries_report set deleted_at = now() - interval '1 day'"
            " where source_id = %s",
            (str(wronged),),
        )
    account.clock.advance(days=3)
    account.reconcile()
    assert wronged in days_listed(account)


@pytest.mark.parametrize("days_back", [20, 95])
def test_what_was_missed_is_restored_and_what_is_gone_is_buried(account: Account, days_back: int) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    missed = next(entry for entry in finished(account.track) if entry.start < account.days_ago(days_back))
    with account.connection.transaction():
        for statement in (
            "delete from raw.toggl_track__time_entries where source_id = %s",
            "delete from raw.toggl_track__time_entries_report where source_id = %s",
        ):
            account.connection.execute(statement, (str(missed.id),))
        ghost = {
            "id": 77,
            "workspace_id": 7000001,
            "user_id": account.track.user.id,
            "start": (missed.start - timedelta(days=1)).isoformat(),
            "stop": missed.start.isoformat(),
            "duration": 86400,
            "at": missed.start.isoformat(),
        }
        account.connection.execute(
            "insert into raw.toggl_track__time_entries (source_id, data) values ('77', %s)", (dumps(ghost),)
        )
    account.clock.advance(days=3)
    account.reconcile()
    assert account.mirrored() == account.alive()


def test_an_edit_of_an_old_entry_that_the_track_api_never_told_arrives(account: Account) -> None:
    account.stand_in.toggl.since_tells_old_starts = False
    account.sync()
    account.backfill(LONG_AGO)
    account.reconcile()
    old, renamed, gone = finished(account.track)[-1], finished(account.track)[-2], finished(account.track)[-3]
    account.clock.advance(days=1)
    account.track.edit_entry(old.id, stop=old.start + timedelta(seconds=61))
    account.track.edit_entry(renamed.id, description="renamed")
    account.track.delete_entry(gone.id)
    account.sync()
    account.clock.advance(days=3)
    account.reconcile()
    listed = days_listed(account)
    assert listed[old.id]["seconds"] == 61
    assert listed[renamed.id]["description"] == "renamed"
    assert account.mirrored() == account.alive()


def test_more_changes_than_one_answer_holds_arrive_also_where_the_track_api_does_not_reach(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    account.clock.advance(hours=3)
    for entry in finished(account.track):
        account.track.edit_entry(entry.id, description="renamed in bulk")
    gone = finished(account.track)[-5]
    account.track.delete_entry(gone.id)
    assert toggl.unknown_noted_at(account.connection) is None
    account.sync()
    assert toggl.unknown_noted_at(account.connection) is not None
    account.clock.advance(hours=3)
    account.reconcile()
    assert toggl.unknown_noted_at(account.connection) is None
    assert account.mirrored() == account.alive()
    listed = days_listed(account)
    assert {listed[entry.id]["description"] for entry in finished(account.track)[-50:]} == {"renamed in bulk"}


def test_whole_months_that_are_gone_and_many_rows_wrongly_taken_for_deleted_are_settled_within_hours(
    account: Account,
) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    account.clock.advance(days=150)
    account.sync()
    emptied = [entry for entry in finished(account.track) if entry.start < datetime(2026, 1, 10, tzinfo=UTC)]
    assert len(emptied) > 200
    for entry in emptied:
        del account.track.entries[entry.id]
    with account.connection.transaction():
        for statement in (
            "update raw.toggl_track__time_entries set deleted_at = now() - interval '1 day' where source_id = any(%s)",
            (
                "update raw.toggl_track__time_entries_report set deleted_at = now() - interval '1 day'"
                " where source_id = any(%s)"
            ),
        ):
            alive = [str(entry.id) for entry in finished(account.track) if entry.start < account.days_ago(100)]
            account.connection.execute(statement, (alive[:300],))
    account.stand_in.toggl.quota_size = 30
    account.reconcile()
    assert account.waits <= 2
    assert account.mirrored() == account.alive()


def test_another_choice_of_workspaces_leaves_no_doubt_behind(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    account.clock.advance(hours=3)
    old = finished(account.track)[-5]
    assert old.start < account.days_ago(95)
    account.track.delete_entry(old.id)
    access = replace(access_to(account.stand_in), workspace_id=account.track.user.default_workspace_id)
    toggl.sync(account.connection, access, now=account.clock(), client=account.client())
    assert toggl.unknown_noted_at(account.connection) is not None
    account.clock.advance(hours=3)
    account.reconcile()
    assert account.mirrored() == account.alive()


def test_doubt_that_arises_during_a_comparison_is_not_settled_by_it(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    account.clock.advance(hours=3)
    steps = toggl.reconcile(
        account.connection, access_to(account.stand_in), now=account.clock(), client=account.client()
    )
    next(steps)
    steps.close()  # type: ignore[attr-defined]  # it is a generator, and its process ends here
    account.clock.advance(hours=3)
    for entry in finished(account.track):
        account.track.edit_entry(entry.id, description="renamed in bulk")
    account.sync()
    account.clock.advance(hours=3)
    account.reconcile()
    assert toggl.unknown_noted_at(account.connection) is None
    listed = days_listed(account)
    assert {listed[entry.id]["description"] for entry in finished(account.track)[-50:]} == {"renamed in bulk"}


def test_a_change_in_bulk_is_told_once(account: Account) -> None:
    account.sync()
    account.clock.advance(hours=3)
    for entry in finished(account.track)[:1200]:
        account.track.edit_entry(entry.id, description="renamed in bulk")
    account.clock.advance(hours=3)
    assert account.sync().requests > 2
    account.clock.advance(hours=3)
    assert account.sync().requests == 2


def test_days_to_come_are_not_known_for_good(account: Account) -> None:
    account.backfill(HistoryAsked(first=date(2026, 3, 1), last=date(2030, 1, 1)))
    account.clock.advance(days=10)
    later = account.track.add_entry(account.days_ago(3), account.days_ago(2.9)).id
    account.backfill(HistoryAsked(first=date(2026, 3, 1)))
    assert later in days_listed(account)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(SEARCH, "null", times=99),
        Fault(SEARCH, "status", times=99, status=200, body="[]", media_type="application/json"),
        Fault(f"{SEARCH}/totals", "null", times=99),
        Fault(f"{SEARCH}/totals", "status", times=99, status=200, body="{}", media_type="application/json"),
    ],
)
def test_an_empty_or_senseless_answer_buries_nothing(account: Account, fault: Fault) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    before = account.mirrored()
    account.clock.advance(days=3)
    account.stand_in.faults.add(fault)
    account.reconcile()
    assert account.mirrored() == before


def test_a_listing_that_toggl_cuts_short_buries_nothing(account: Account) -> None:
    account.sync()
    account.backfill(LONG_AGO)
    before = account.mirrored()
    account.clock.advance(days=3)
    one = dumps(
        [
            {
                "user_id": 1,
                "time_entries": [
                    {
                        "id": 1,
                        "seconds": 5,
                        "start": "2026-02-01T00:00:00Z",
                        "stop": "2026-02-01T00:00:05Z",
                        "at": "2026-02-01T00:00:05Z",
                    }
                ],
            }
        ]
    )
    account.stand_in.faults.add(Fault(SEARCH, "status", times=99, status=200, body=one, media_type="application/json"))
    account.reconcile()
    assert before <= account.mirrored()


def test_reports_that_lag_behind_bury_nothing_and_revive_nothing(account: Account) -> None:
    account.sync()
    account.stand_in.toggl.report_lag_seconds = 600
    account.clock.advance(days=3)
    new = account.track.add_entry(account.days_ago(2.9), account.days_ago(2.8)).id
    moved = finished(account.track)[500]
    account.track.edit_entry(moved.id, start=moved.start - timedelta(days=30), stop=moved.start - timedelta(days=29.9))
    gone = finished(account.track)[700].id
    account.track.delete_entry(gone)
    account.sync()
    account.reconcile()
    assert new in account.mirrored()
    assert moved.id in account.mirrored()
    assert gone not in account.mirrored()


def test_entries_of_several_workspaces_are_compared_where_they_are(account: Account) -> None:
    other = account.track.add_workspace("Other", account.track.add_organization("Elsewhere").id)
    entries = finished(account.track)
    for entry in entries[100:2000:300]:
        account.track.edit_entry(entry.id, workspace_id=other.id)
    account.sync()
    account.backfill(LONG_AGO)
    for entry in entries[50:2000:300]:
        account.track.edit_entry(entry.id, workspace_id=other.id)
    account.clock.advance(days=3)
    account.reconcile()
    account.sync()
    assert account.mirrored() == account.alive()


def test_rows_that_an_older_writer_took_from_reports_are_compared_too(account: Account) -> None:
    """They know no workspace, and among them is one that has long been deleted."""
    account.backfill(LONG_AGO)
    with account.connection.transaction():
        account.connection.execute(
            "update raw.toggl_track__time_entries_report set data = data - '_workspace_id';"
            "insert into raw.toggl_track__time_entries_report (source_id, data)"
            " select '88', data || '{\"id\": 88}' from raw.toggl_track__time_entries_report"
            " where source_id = (select max(source_id) from raw.toggl_track__time_entries_report"
            " where data->>'start' < '2026-02')"
        )
        account.connection.execute("delete from raw.sync_state")
    account.sync()
    account.clock.advance(days=3)
    account.reconcile()
    assert account.mirrored() == account.alive()
