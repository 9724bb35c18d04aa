"""The marts beyond the daily figures, of one carefully lived week in Tokyo: plans, sleep, streaks, sums."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.dbt.building import Warehouse
from tests.dbt.raw_rows import RawRows, hours

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 7, 12, 0, tzinfo=TOKYO)

SEEDS = {
    "categories": """category,name_en,name_ja,color,sort_order,coarse_category,role
Work,,,,,Duty,
Mail,,,,,Duty,
""",
    "category_mappings": "kind,key,category,valid_from,valid_until\n",
    "private": "kind,key\n",
    "plan_rules": "position,pattern,category,valid_from,valid_until\n",
    "social_mappings": "client,social,valid_from,valid_until\n",
    "targets": """category,day_type,direction,target_seconds,valid_from,valid_until
Work,weekday,more,3600,,
Mail,,less,1200,2026-03-02,
""",
}


def _projects(raw: RawRows) -> None:
    raw.client(9, "Family")
    raw.project(1, "Work")
    raw.project(2, "Mail")
    raw.project(3, "Sleep")
    raw.project(4, "Meals", client_id=9)


def _entries(raw: RawRows) -> None:
    # Sunday to Monday: a night with half an hour awake; by day a nap.
    raw.entry(1, "2026-03-01 23:00", "2026-03-02 02:00", 3)
    raw.entry(2, "2026-03-02 02:30", "2026-03-02 07:00", 3)
    raw.entry(3, "2026-03-02 09:10", "2026-03-02 10:00", 1)
    raw.entry(4, "2026-03-02 10:00", "2026-03-02 10:20", 2)
    raw.entry(5, "2026-03-02 10:20", "2026-03-02 11:00", 1)
    raw.entry(6, "2026-03-02 11:00", "2026-03-02 11:30", 1)
    raw.entry(7, "2026-03-02 12:00", "2026-03-02 13:00", 4)
    raw.entry(8, "2026-03-02 14:00", "2026-03-02 14:30", 3)
    raw.entry(9, "2026-03-02 23:30", "2026-03-03 06:30", 3)
    raw.entry(10, "2026-03-03 08:00", "2026-03-03 11:00", 1)
    # Wednesday is spent on too much mail, Thursday and Friday on work, and on Saturday a timer runs.
    raw.entry(11, "2026-03-04 09:00", "2026-03-04 10:00", 2)
    raw.entry(12, "2026-03-05 09:00", "2026-03-05 11:00", 1)
    raw.entry(13, "2026-03-06 09:00", "2026-03-06 12:00", 1)
    raw.entry(14, "2026-03-07 11:15", None, 1)


def _events(raw: RawRows) -> None:
    raw.event("w1", "Work", "2026-03-02 09:00", "2026-03-02 12:00")
    raw.event("night", "Sleep", "2026-03-02 23:00", "2026-03-03 07:00")
    raw.event("w2", "Work", "2026-03-03 09:00", "2026-03-03 10:00")
    raw.event("m2", "Mail", "2026-03-03 09:30", "2026-03-03 10:00")
    raw.event("w7", "Work", "2026-03-07 11:00", "2026-03-07 13:00")
    raw.event("lunch", "Meals", "2026-03-08 12:00", "2026-03-08 13:00")


def _lived(url: str, folder: Path) -> Warehouse:
    raw = RawRows(TOKYO)
    _projects(raw)
    _entries(raw)
    _events(raw)
    raw.source("toggl", "2026-03-07 11:45")
    with psycopg.connect(url) as connection:
        raw.write(connection)
    seeds = folder / "seeds"
    seeds.mkdir()
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text)
    warehouse = Warehouse(url, folder / "target", TOKYO.key, seeds, NOW)
    warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def marts(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The week, built once."""
    return _lived(module_database_url, tmp_path_factory.mktemp("week"))


def _clock(column: str) -> str:
    return f"to_char({column} at time zone 'Asia/Tokyo', 'DD HH24:MI')"


def _ledger(marts: Warehouse, day: str, event: str) -> Sequence[tuple[object, ...]]:
    return marts.rows(
        f"select {_clock('start_at')}, seconds / 60, outcome, actual_category from marts.plan_ledger"  # noqa: S608
        f" where day = '{day}' and source_id = 'me@example.test:{event}' order by start_at"
    )


def _sleeps(marts: Warehouse) -> Sequence[tuple[object, ...]]:
    return marts.rows(
        f"select day::text, number, kind, {_clock('bed_at')}, {_clock('wake_at')},"  # noqa: S608
        " asleep_seconds / 60, awake_seconds / 60, interruptions from marts.sleep order by day, number"
    )


def test_the_ledger_tells_what_became_of_an_event(marts: Warehouse) -> None:
    assert _ledger(marts, "2026-03-02", "w1") == [
        ("02 09:00", 10, "late", "Untracked"),
        ("02 09:10", 50, "kept", "Work"),
        ("02 10:00", 20, "interrupted", "Mail"),
        ("02 10:20", 70, "kept", "Work"),
        ("02 11:30", 30, "early", "Untracked"),
    ]
    assert _ledger(marts, "2026-03-03", "w2") == [("03 09:00", 60, "kept", "Work")]
    assert _ledger(marts, "2026-03-03", "m2") == [("03 09:30", 30, "not_done", "Work")]


def test_an_event_over_midnight_is_judged_on_each_day(marts: Warehouse) -> None:
    assert _ledger(marts, "2026-03-02", "night") == [
        ("02 23:00", 30, "late", "Untracked"),
        ("02 23:30", 30, "kept", "Sleep"),
    ]
    assert _ledger(marts, "2026-03-03", "night") == [
        ("03 00:00", 390, "kept", "Sleep"),
        ("03 06:30", 30, "early", "Untracked"),
    ]


def test_what_is_to_come_is_pending(marts: Warehouse) -> None:
    assert _ledger(marts, "2026-03-07", "w7") == [
        ("07 11:00", 15, "late", "Untracked"),
        ("07 11:15", 30, "kept", "Work"),
        ("07 11:45", 75, "pending", None),
    ]
    assert _ledger(marts, "2026-03-08", "lunch") == [("08 12:00", 60, "pending", None)]


def test_an_event_has_its_outcome_in_one_row(marts: Warehouse) -> None:
    found = marts.rows(
        "select title, planned_seconds / 60, kept_seconds / 60, late_seconds / 60, early_seconds / 60,"
        " interrupted_seconds / 60, not_done_seconds / 60, pending_seconds / 60, displaced_by, displaced_seconds / 60"
        " from marts.plan_outcomes where day in ('2026-03-02', '2026-03-03', '2026-03-07') order by day, start_at"
    )
    assert found == [
        ("Work", 180, 120, 10, 30, 20, 0, 0, "Untracked", 40),
        ("Sleep", 60, 30, 30, 0, 0, 0, 0, "Untracked", 30),
        ("Sleep", 420, 390, 0, 30, 0, 0, 0, "Untracked", 30),
        ("Work", 60, 60, 0, 0, 0, 0, 0, None, 0),
        ("Mail", 30, 0, 0, 0, 0, 30, 0, "Work", 30),
        ("Work", 120, 30, 15, 0, 0, 0, 75, "Untracked", 15),
    ]


def test_a_night_is_one_sleep_of_the_day_it_ends_on(marts: Warehouse) -> None:
    assert _sleeps(marts) == [
        ("2026-03-02", 1, "main", "01 23:00", "02 07:00", 450, 30, 1),
        ("2026-03-02", 2, "nap", "02 14:00", "02 14:30", 30, 0, 0),
        ("2026-03-03", 1, "main", "02 23:30", "03 06:30", 420, 0, 0),
    ]


def test_streaks_count_the_days_that_were_judged_and_are_over(marts: Warehouse) -> None:
    streaks = marts.rows(
        "select category, to_char(day, 'DD'), streak_days, best_days from marts.streaks order by category desc, day"
    )
    assert streaks == [
        ("Work", "02", 1, 1),
        ("Work", "03", 2, 2),
        ("Work", "04", 0, 2),
        ("Work", "05", 1, 2),
        ("Work", "06", 2, 2),
        ("Mail", "02", 1, 1),
        ("Mail", "03", 2, 2),
        ("Mail", "04", 0, 2),
        ("Mail", "05", 1, 2),
        ("Mail", "06", 2, 2),
    ]


def test_deviations_are_ranked_whatever_their_direction(marts: Warehouse) -> None:
    assert marts.rows(
        "select category, deviation_seconds / 60, place from marts.deviations where day = '2026-03-02' order by place"
    ) == [("Sleep", 390, 1), ("Meals", 60, 2), ("Work", -60, 3), ("Mail", 20, 4)]


def test_the_trend_of_adherence_weighs_days_by_their_plans(marts: Warehouse) -> None:
    # Monday: 150 of 240 minutes; Tuesday: 450 of 510.
    assert marts.rows(
        "select adherence, adherence_7, adherence_28, planned_days_28 from marts.adherence_trend"
        " where day = '2026-03-03'"
    ) == [(Decimal("0.882353"), Decimal("0.8"), Decimal("0.8"), 2)]


def test_adherence_tells_whether_the_length_or_the_hour_was_wrong(marts: Warehouse) -> None:
    # Monday: 180 minutes of Work planned, 120 spent; 60 of Sleep, 480 spent. Of these 180, 150 as planned.
    # Tuesday: 420 of Sleep, 390 spent; 60 of Work, 180 spent; 30 of Mail, none. All 450 as planned.
    days = "select right_length, on_time from marts.adherence_trend where day <= '2026-03-03' order by day"
    assert marts.rows(days) == [
        (None, None),
        (Decimal("0.75"), Decimal("0.833333")),
        (Decimal("0.882353"), Decimal(1)),
    ]
    # With Saturday's 30 of 120 and Sunday's none of 60: 660 of 930 minutes, 630 of them as planned.
    week = "select right_length, on_time from marts.weekly_summary where week = '2026-03-02'"
    assert marts.rows(week) == [(Decimal("0.709677"), Decimal("0.954545"))]


def test_history_has_every_category_on_every_day(marts: Warehouse) -> None:
    mail = marts.rows(
        "select to_char(past_day, 'DD'), actual_seconds / 60, planned_seconds / 60, target_seconds / 60, achieved"
        " from marts.category_history where day = '2026-03-04' and category = 'Mail' order by past_day"
    )
    assert mail == [
        ("01", 0, 0, None, None),
        ("02", 20, 0, 20, True),
        ("03", 0, 30, 20, True),
        ("04", 60, 0, 20, False),
    ]


def test_gaps_know_their_neighbours(marts: Warehouse) -> None:
    gaps = marts.rows(
        f"select {_clock('start_at')}, seconds / 60, after_category, before_category from marts.untracked_gaps"  # noqa: S608
        " where day = '2026-03-03' order by start_at"
    )
    assert gaps == [("03 06:30", 90, "Sleep", "Work"), ("03 11:00", 780, "Work", None)]


def test_tomorrows_plan_is_seen_from_today(marts: Warehouse) -> None:
    assert marts.rows(
        f"select next_day::text, {_clock('start_at')}, title from marts.next_day_plan where day = '2026-03-07'"  # noqa: S608
    ) == [("2026-03-08", "08 12:00", "Meals")]


def test_company_comes_from_clients(marts: Warehouse) -> None:
    found = marts.rows("select social, actual_seconds from marts.daily_social where day = '2026-03-02'")
    assert ("Family", hours(1)) in found
    assert sum(int(str(seconds)) for _, seconds in found) == hours(24)


def test_weeks_and_months_are_sums_of_days(marts: Warehouse) -> None:
    weeks = marts.rows(
        "select week::text, first_day::text, last_day::text, days, day_seconds, planned_seconds / 60, partial"
        " from marts.weekly_summary order by week"
    )
    assert weeks == [
        ("2026-02-23", "2026-03-01", "2026-03-01", 1, hours(24), 0, False),
        ("2026-03-02", "2026-03-02", "2026-03-08", 7, 7 * hours(24), 180 + 60 + 420 + 60 + 30 + 120 + 60, True),
    ]
    assert marts.rows("select month::text, days from marts.monthly_summary") == [("2026-03-01", 8)]
    # The nights to Monday and to Tuesday; the nap is none. What is usual needs two weeks before.
    nights = "select nights, asleep_seconds / 60 from marts.{}_summary where nights > 0"
    assert [marts.rows(nights.format(period)) for period in ("weekly", "monthly")] == [[(2, 450 + 420)]] * 2
    assert marts.rows("select count(*) from marts.weekly_category where usual_seconds is not null") == [(0,)]
    assert marts.rows(
        "select category, coarse_category, days, actual_seconds / 60, target_seconds / 60, achieved_days, judged_days"
        " from marts.weekly_category where week = '2026-03-02' and category in ('Work', 'Meals') order by category"
    ) == [("Meals", None, 2, 60, None, 0, 0), ("Work", "Duty", 6, 630, 300, 4, 5)]
    assert marts.rows(
        "select actual_seconds / 60 from marts.monthly_category where month = '2026-03-01' and category = 'Sleep'"
    ) == [(900,)]


def _everything(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    tables = ("days", "plan_ledger", "sleep", "streaks", "daily_category", "daily_timeline")
    return {table: sorted(warehouse.rows(f"select * from marts.{table}"), key=repr) for table in tables}  # noqa: S608


def _edit(warehouse: Warehouse, query: str) -> None:
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(query.encode())


def _delete(warehouse: Warehouse, entry_id: int) -> None:
    _edit(warehouse, f"update raw.toggl_track__time_entries set deleted_at = now() where source_id = '{entry_id}'")  # noqa: S608


def _track(warehouse: Warehouse, entry_id: int, start: str, stop: str, project_id: int) -> None:
    raw = RawRows(TOKYO)
    raw.entry(entry_id, start, stop, project_id)
    with psycopg.connect(warehouse.url) as connection:
        raw.write(connection)


def test_edits_move_sleeps_to_other_days_and_carry_streaks_on(database_url: str, tmp_path: Path) -> None:
    """A change on one day moves a sleep to the day before it and back; in the end all is as if built anew."""
    warehouse = _lived(database_url, tmp_path)
    monday, nap = _sleeps(warehouse)[0], ("2026-03-02", 2, "nap", "02 14:00", "02 14:30", 30, 0, 0)

    # Without its second half, after midnight, the night ends before it: on Monday, which nobody has touched.
    _track(warehouse, 20, "2026-03-02 22:00", "2026-03-02 23:15", 3)
    _track(warehouse, 21, "2026-03-02 23:15", "2026-03-02 23:45", 2)
    _delete(warehouse, 9)
    _track(warehouse, 22, "2026-03-03 00:05", "2026-03-03 06:00", 3)
    warehouse.build()
    assert _sleeps(warehouse) == [monday, nap, ("2026-03-03", 1, "main", "02 22:00", "03 06:00", 430, 50, 1)]
    _delete(warehouse, 22)
    warehouse.build()
    assert _sleeps(warehouse) == [monday, nap, ("2026-03-02", 3, "nap", "02 22:00", "02 23:15", 75, 0, 0)]

    # A stretch of the next day that joins it on takes it along, with all that it was.
    _track(warehouse, 23, "2026-03-03 00:10", "2026-03-03 05:00", 3)
    _track(warehouse, 24, "2026-03-04 17:00", "2026-03-04 19:00", 1)
    warehouse.build()
    assert _sleeps(warehouse) == [monday, nap, ("2026-03-03", 1, "main", "02 22:00", "03 05:00", 365, 55, 1)]
    assert warehouse.rows("select streak_days from marts.streaks where category = 'Work' and day = '2026-03-06'") == [
        (5,)
    ]

    # Two days later, with nothing new but the time.
    later = replace(warehouse, now=NOW + timedelta(days=2))
    later.build()
    assert later.rows("select max(day)::text from marts.streaks") == [("2026-03-08",)]
    assert _ledger(later, "2026-03-08", "lunch") == [("08 12:00", 60, "not_done", "Untracked")]
    incremental = _everything(later)
    later.dbt("run", "--full-refresh")
    assert _everything(later) == incremental
