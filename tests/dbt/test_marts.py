"""The marts of one carefully lived fortnight in Tokyo, held against the time rules figure by figure."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
import pytest
from pydantic import TypeAdapter

from tasks.marts import read
from tasks.marts.rows import MartRow
from tests.dbt.building import Warehouse
from tests.dbt.raw_rows import RawRows, hours, invited

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=TOKYO)

SEEDS = {
    "categories": """category,name_en,name_ja,color,sort_order,coarse_category,role
Work,Job,仕事,#0B6FB8,10,Duty,
""",
    "category_mappings": """kind,key,category,valid_from,valid_until
project,Consulting,Work,,
project_color,#AA0000,Red things,,
client,Family,Home,,
project,7,By id,,
project,Seventh,By name,,
event_color,5,Yellow things,,
calendar,Shared,Together,,
calendar,other@example.test,Elsewhere,,
""",
    "private": "kind,key\n",
    "plan_rules": """position,pattern,category,valid_from,valid_until
20,team,Second,,
10,lunch|dinner,Meals,,
30,^$,Untitled,,
""",
    "social_mappings": """client,social,valid_from,valid_until
""",
    "targets": """category,day_type,direction,target_seconds,valid_from,valid_until
Work,weekday,more,7200,,
Work,,more,600,,
Mail,,less,3600,2026-03-02,2026-03-04
Mail,,less,3599,2026-03-04,
Leisure,holiday,neutral,14400,,
""",
}


def _projects(raw: RawRows) -> None:
    raw.client(9, "Family")
    raw.project(1, "Work", "#0b83d9")
    raw.project(2, "Mail", "#06a893")
    raw.project(3, "Sleep", "#465bb3")
    raw.project(4, "Consulting", "#aa0000", 9)
    raw.project(5, "Fire", "#aa0000", 9)
    raw.project(6, "Garden", "#2da608", 9)
    raw.project(7, "Seventh")
    raw.project(8, "Untracked")
    raw.project(11, "Bygone", deleted="2026-01-01 00:00")


def _entries(raw: RawRows) -> None:
    # Mondays, for the estimates: 7200, 3601, 0, 10801 (the nested timers below) and 3600 s of Work.
    raw.entry(100, "2026-02-02 08:00", "2026-02-02 10:00", 1)
    raw.entry(101, "2026-02-09 08:00", datetime(2026, 2, 9, 9, 0, 1, tzinfo=TOKYO), 1)
    raw.entry(102, "2026-02-23 08:00", "2026-02-23 09:00", 2)
    raw.entry(103, "2026-03-09 08:00", "2026-03-09 09:00", 1)
    # Monday the 2nd: nested timers, then two that start together, then one across midnight.
    raw.entry(10, "2026-03-02 09:00", "2026-03-02 12:00", 1, description="Write")
    raw.entry(11, "2026-03-02 10:00", "2026-03-02 11:00", 2)
    raw.entry(12, "2026-03-02 10:15", "2026-03-02 10:30")
    raw.entry(14, "2026-03-02 13:00", datetime(2026, 3, 2, 14, 0, 1, tzinfo=TOKYO), 1)
    raw.entry(13, "2026-03-02 13:00", "2026-03-02 15:00", 2)
    raw.entry(15, "2026-03-02 23:00", "2026-03-03 07:00", 3)
    # Tuesday the 3rd: entries that came by both of Toggl's services.
    raw.entry(20, "2026-03-03 09:00", "2026-03-03 10:00", 1, at="2026-03-03 10:00")
    raw.reported_entry(20, "2026-03-03 09:00", "2026-03-03 11:00", 1, at="2026-03-03 18:00")
    raw.entry(21, "2026-03-03 12:00", "2026-03-03 12:30", 2, at="2026-03-03 18:00")
    raw.reported_entry(21, "2026-03-03 12:00", "2026-03-03 14:00", 2, at="2026-03-03 13:00")
    raw.entry(22, "2026-03-03 15:00", "2026-03-03 16:00", 1, server_deleted="2026-03-03 17:00")
    raw.reported_entry(22, "2026-03-03 15:00", "2026-03-03 16:00", 1, at="2026-03-03 18:00")
    raw.entry(23, "2026-03-03 16:00", "2026-03-03 17:00", 1)
    raw.reported_entry(23, "2026-03-03 16:00", "2026-03-03 17:00", 1, deleted="2026-03-04 00:00")
    raw.reported_entry(24, "2026-03-03 20:00", "2026-03-03 21:00", 2)
    # Wednesday the 4th: one project for each way to a category, and entries that do not count.
    for number, project in enumerate((4, 5, 6, 7, 8, 11, 999)):
        raw.entry(30 + number, f"2026-03-04 {10 + number}:00", f"2026-03-04 {10 + number}:30", project)
    raw.entry(40, "2026-03-04 18:00", None, 1, duration=0)
    raw.entry(41, "2026-03-04 18:00", "2026-03-04 18:00", 1)
    raw.entry(42, "2026-03-04 18:00", "2026-03-04 19:00", 1, deleted="2026-03-05 00:00")
    # Today, Wednesday the 11th: a night, a gap, a timer that runs.
    raw.entry(50, "2026-03-10 23:00", "2026-03-11 07:00", 3)
    raw.entry(51, "2026-03-11 09:00", None, 1)


def _events(raw: RawRows) -> None:
    for calendar_id, name in (("me@example.test", "Me"), ("shared@example.test", "Shared")):
        raw.calendar(calendar_id, name)
    raw.calendar("gone@example.test", "Gone", deleted="2026-03-01 00:00")
    # Five days of February: mail that is never read as planned.
    for number in range(5):
        raw.event(f"m{number}", "Mail", f"2026-02-1{number} 08:00", f"2026-02-1{number} 08:30")
    # Tuesday the 3rd: what counts and what does not.
    raw.event("a1", "Work", "2026-03-03 09:30", "2026-03-03 10:30")
    raw.event("a2", "Work", "2026-03-03 10:00", "2026-03-03 12:00", status="tentative")
    raw.event("a3", "Mail", "2026-03-03 11:30", "2026-03-03 12:15", attendees=invited("accepted"))
    raw.event("b1", "Work", "2026-03-03 13:00", "2026-03-03 14:00", attendees=invited("declined"))
    raw.event("b2", "Work", "2026-03-03 14:00", "2026-03-03 15:00", transparency="transparent")
    raw.event("b3", "Work", "2026-03-03 15:00", "2026-03-03 16:00", status="cancelled")
    raw.event("b4", "Work", "2026-03-03 16:00", "2026-03-03 17:00", deleted="2026-03-03 00:00")
    raw.event("b5", "Work", "2026-03-03 17:00", "2026-03-03 18:00", eventType="workingLocation")
    raw.event("b6", "Work", "2026-03-03 18:00", "2026-03-03 19:00", eventType="birthday")
    raw.event("b7", "Work", "2026-03-03 19:00", "2026-03-03 19:00")
    raw.event("b8", "Work", "2026-03-03 20:00", "2026-03-03 21:00", "gone@example.test")
    raw.whole_days("n1", "Trip", "2026-03-03", "2026-03-05", transparency="transparent")
    raw.whole_days("n2", "Office", "2026-03-03", "2026-03-04", eventType="workingLocation")
    raw.whole_days("n3", "Cancelled trip", "2026-03-03", "2026-03-04", status="cancelled")
    raw.whole_days("n4", "Ada's birthday", "2026-03-03", "2026-03-04", eventType="birthday")
    # Wednesday the 4th: one event for each way to a category, the last across midnight.
    raw.event("c1", "TEAM LUNCH", "2026-03-04 00:00", "2026-03-04 01:00", colorId="5")
    raw.event("c2", "Team", "2026-03-04 01:00", "2026-03-04 02:00")
    raw.event("c3", None, "2026-03-04 02:00", "2026-03-04 03:00", colorId="5")
    raw.event("c4", "Garden", "2026-03-04 03:00", "2026-03-04 04:00", colorId="5")
    raw.event("c5", "garden", "2026-03-04 04:00", "2026-03-04 05:00", "shared@example.test", colorId="5")
    raw.event("c6", "Movie", "2026-03-04 05:00", "2026-03-04 06:00", "shared@example.test", colorId="6")
    raw.event("c7", "Movie", "2026-03-04 06:00", "2026-03-04 07:00", "other@example.test")
    raw.event("c8", "Bygone", "2026-03-04 07:00", "2026-03-04 08:00")
    raw.event("c9", "Sleep", "2026-03-04 23:00", "2026-03-05 06:00")
    raw.event("z", "Sleep", "2026-03-20 22:00", "2026-03-21 00:00")


@pytest.fixture(scope="module")
def marts(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The fortnight, built once; seeds lie at an absolute path outside the project, as a user's may."""
    raw = RawRows(TOKYO)
    _projects(raw)
    _entries(raw)
    _events(raw)
    raw.source("toggl", datetime(2026, 3, 11, 11, 30, 0, 700000, tzinfo=TOKYO))
    raw.source("gcal", "2026-03-10 20:00", error="Google does not answer.")
    raw.holiday("JP", "2026-02-23", "Emperor's Birthday", "天皇誕生日")
    raw.holiday("PT", "2026-03-03", "Elsewhere", "よそ")
    with psycopg.connect(module_database_url) as connection:
        raw.write(connection)
    seeds = tmp_path_factory.mktemp("seeds")
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text)
    warehouse = Warehouse(module_database_url, tmp_path_factory.mktemp("target"), TOKYO.key, seeds, NOW)
    warehouse.build()
    return warehouse


def test_the_last_started_timer_owns_and_the_interrupted_one_resumes(marts: Warehouse) -> None:
    assert marts.timeline("2026-03-02", "actual") == [
        ("00:00", "09:00", "Untracked"),
        ("09:00", "10:00", "Work"),
        ("10:00", "10:15", "Mail"),
        ("10:15", "10:30", "Uncategorized"),
        ("10:30", "11:00", "Mail"),
        ("11:00", "12:00", "Work"),
        ("12:00", "13:00", "Untracked"),
        ("13:00", "14:00", "Work"),
        ("14:00", "15:00", "Mail"),
        ("15:00", "23:00", "Untracked"),
        ("23:00", "00:00", "Sleep"),
    ]


def test_raw_time_counts_overlaps_as_often_as_they_were_tracked(marts: Warehouse) -> None:
    assert marts.figures("2026-03-02", "raw_seconds") == {
        "Work": hours(4) + 1,
        "Mail": hours(3),
        "Uncategorized": hours(0.25),
        "Sleep": hours(1),
    }
    assert marts.figures("2026-03-02") == {
        "Work": hours(3) + 1,
        "Mail": hours(1.75) - 1,
        "Uncategorized": hours(0.25),
        "Sleep": hours(1),
        "Untracked": hours(18),
    }


def test_an_entry_is_cut_at_midnight(marts: Warehouse) -> None:
    assert marts.figures("2026-03-03")["Sleep"] == hours(7)
    sleep = marts.rows(
        "select day::text, start_at, source_id from marts.daily_timeline where source_id = '15' order by 1"
    )
    midnight = datetime(2026, 3, 3, tzinfo=TOKYO)
    assert sleep == [("2026-03-02", datetime(2026, 3, 2, 23, tzinfo=TOKYO), "15"), ("2026-03-03", midnight, "15")]


def test_a_stretch_tells_when_the_whole_entry_or_event_began_and_ended(marts: Warehouse) -> None:
    wholes = marts.rows(
        "select distinct source_id, to_char(began_at at time zone 'Asia/Tokyo', 'DD HH24:MI'),"
        " to_char(ended_at at time zone 'Asia/Tokyo', 'DD HH24:MI') from marts.daily_timeline"
        " where source_id in ('10', '15', '51', 'me@example.test:c9') order by source_id"
    )
    assert wholes == [
        ("10", "02 09:00", "02 12:00"),  # interrupted by another timer
        ("15", "02 23:00", "03 07:00"),
        ("51", "11 09:00", "11 11:30"),  # it runs; this is how far that is known
        ("me@example.test:c9", "04 23:00", "05 06:00"),
    ]
    untracked = "select distinct began_at, ended_at from marts.daily_timeline where category = 'Untracked'"
    assert marts.rows(untracked) == [(None, None)]


def test_of_two_copies_the_newest_counts_and_a_deletion_in_either(marts: Warehouse) -> None:
    assert marts.timeline("2026-03-03", "actual") == [
        ("00:00", "07:00", "Sleep"),
        ("07:00", "09:00", "Untracked"),
        ("09:00", "11:00", "Work"),
        ("11:00", "12:00", "Untracked"),
        ("12:00", "12:30", "Mail"),
        ("12:30", "20:00", "Untracked"),
        ("20:00", "21:00", "Mail"),
        ("21:00", "00:00", "Untracked"),
    ]


def test_every_ended_day_adds_up_from_the_first_entry_on(marts: Warehouse) -> None:
    accounted = {
        day: int(str(tracked)) + int(str(marts.summary("untracked_seconds")[day]))
        for day, tracked in marts.summary("tracked_seconds").items()
        if day < "2026-03-11"
    }
    assert min(accounted) == "2026-02-02"
    assert accounted.pop("2026-02-02") == hours(16)
    assert set(accounted.values()) == {hours(24)}
    assert len(accounted) == 36


def test_a_running_timer_stops_at_the_last_sync_and_today_ends_with_it(marts: Warehouse) -> None:
    assert marts.timeline("2026-03-11", "actual") == [
        ("00:00", "07:00", "Sleep"),
        ("07:00", "09:00", "Untracked"),
        ("09:00", "11:30", "Work"),
    ]
    assert marts.figures("2026-03-11")["Work"] == hours(2.5)
    assert marts.timeline("2026-03-12", "actual") == []


def test_an_entrys_category(marts: Warehouse) -> None:
    assert [category for *_, category in marts.timeline("2026-03-04", "actual") if category != "Untracked"] == [
        "Work",  # its project's name is mapped
        "Red things",  # its project's colour is
        "Home",  # its project's client is
        "By id",  # its project's id is, and its name too: it still counts once
        "Uncategorized",  # its project has taken the word for what nobody tracked
        "Bygone",  # its project was deleted and keeps its name
        "Uncategorized",  # its project is not known
    ]


def test_an_events_category(marts: Warehouse) -> None:
    assert marts.timeline("2026-03-04", "plan") == [
        ("00:00", "01:00", "Meals"),  # the rule with the smaller position
        ("01:00", "02:00", "Second"),
        ("02:00", "03:00", "Untitled"),  # a rule for no title at all
        ("03:00", "04:00", "Home"),  # the project of this name, and so its client
        ("04:00", "05:00", "Yellow things"),  # its colour, since the project is written otherwise
        ("05:00", "06:00", "Together"),  # its calendar's name
        ("06:00", "07:00", "Elsewhere"),  # its calendar's id
        ("07:00", "08:00", "Uncategorized"),  # a deleted project lends no name
        ("23:00", "00:00", "Sleep"),
    ]
    assert marts.timeline("2026-03-05", "plan") == [("00:00", "06:00", "Sleep")]


def test_plans_of_a_category_are_a_union_of_what_the_user_means_to_attend(marts: Warehouse) -> None:
    assert marts.timeline("2026-03-03", "plan") == [
        ("09:30", "10:30", "Work"),
        ("10:00", "12:00", "Work"),
        ("11:30", "12:15", "Mail"),
    ]
    assert marts.figures("2026-03-03", "planned_seconds") == {"Work": hours(2.5), "Mail": hours(0.75)}
    assert marts.figures("2026-03-03", "overlap_seconds") == {"Work": hours(1.5), "Mail": hours(0.25)}


def test_adherence_is_the_share_of_the_plan_that_was_kept(marts: Warehouse) -> None:
    adherence = marts.summary("adherence")
    assert adherence["2026-03-03"] == Decimal("0.538462")
    assert adherence["2026-03-02"] is None
    assert marts.summary("planned_seconds")["2026-03-03"] == hours(3.25)
    assert set(marts.summary("plan_basis").values()) == {"current"}


def test_advice_is_given_on_the_next_days_plan(marts: Warehouse) -> None:
    advice = marts.rows(
        "select day::text, place, kind, category, planned_days, kept_days, ratio, next_planned_seconds, usual_seconds,"
        " at_stake_seconds from marts.advice order by day"
    )
    assert advice == [
        ("2026-02-13", 1, "rarely_kept", "Mail", 4, 0, Decimal(0), 1800, 0, 1800),
        ("2026-03-02", 1, "rarely_kept", "Mail", 5, 0, Decimal(0), 2700, 0, 2700),
    ]


def test_all_day_events_are_notes_and_no_plan(marts: Warehouse) -> None:
    notes = marts.rows("select day::text, title, calendar from marts.day_notes order by day, title")
    assert notes == [
        ("2026-03-03", "Ada's birthday", "Me"),
        ("2026-03-03", "Trip", "Me"),
        ("2026-03-04", "Trip", "Me"),
    ]


def test_days_reach_from_the_first_entry_to_the_last_plan(marts: Warehouse) -> None:
    assert marts.rows("select min(day)::text, max(day)::text, count(*) from marts.days") == [
        ("2026-02-02", "2026-03-20", 47)
    ]


def test_weekends_and_the_countrys_holidays_are_holidays(marts: Warehouse) -> None:
    kinds = marts.rows(
        "select day::text, day_type, holiday_name_en, holiday_name_ja from marts.days"
        " where day in ('2026-02-23', '2026-03-01', '2026-03-03') order by day"
    )
    assert kinds == [
        ("2026-02-23", "holiday", "Emperor's Birthday", "天皇誕生日"),
        ("2026-03-01", "holiday", None, None),
        ("2026-03-03", "weekday", None, None),
    ]


def test_estimates_are_means_of_tracked_days_of_the_same_weekday(marts: Warehouse) -> None:
    estimates = {
        str(day): estimate
        for day, estimate in marts.rows(
            "select day, estimate_seconds from marts.daily_category"
            " where category = 'Work' and extract(isodow from day) = 1"
        )
    }
    assert estimates == {
        "2026-02-02": None,
        "2026-02-09": None,  # one Monday is too few
        "2026-02-16": 5401,  # the half of 10801, rounded up; the 16th itself has no entry and never counts
        "2026-02-23": 5401,
        "2026-03-02": 3600,  # Monday the 23rd was tracked without Work: 10801 / 3 = 3600.3
        "2026-03-09": 5401,  # (7200 + 3601 + 0 + 10801) / 4 = 5400.5
        "2026-03-16": 4501,  # the first of five is too long ago: (3601 + 0 + 10801 + 3600) / 4 = 4500.5
    }


def test_targets_count_while_they_are_valid_and_the_days_own_kind_first(marts: Warehouse) -> None:
    found = marts.rows(
        "select day::text, category, target_seconds, target_direction, achieved from marts.daily_category"
        " where target_seconds is not null and day between '2026-02-28' and '2026-03-04' order by day, category"
    )
    assert found == [
        ("2026-02-28", "Leisure", 14400, "neutral", None),
        ("2026-02-28", "Work", 600, "more", False),
        ("2026-03-01", "Leisure", 14400, "neutral", None),
        ("2026-03-01", "Work", 600, "more", False),
        ("2026-03-02", "Mail", 3600, "less", False),
        ("2026-03-02", "Work", 7200, "more", True),
        ("2026-03-03", "Mail", 3600, "less", False),
        ("2026-03-03", "Work", 7200, "more", True),
        ("2026-03-04", "Mail", 3599, "less", True),
        ("2026-03-04", "Work", 7200, "more", False),
    ]


def test_a_day_is_partial_until_every_source_was_synced_after_it(marts: Warehouse) -> None:
    partial = marts.summary("partial")
    assert min(day for day, is_partial in partial.items() if is_partial) == "2026-03-10"
    assert list(partial.values()).count(True) == 11  # to the last planned day, the 20th
    as_of = datetime(2026, 3, 10, 20, tzinfo=TOKYO)
    assert ("gcal", as_of, "Google does not answer.") in marts.rows("select source, as_of, error from marts.sources")


def test_categories_are_shown_as_the_user_says_and_else_as_toggl_does(marts: Warehouse) -> None:
    shown = {
        str(category): rest
        for category, *rest in marts.rows(
            "select category, name_en, name_ja, color, coarse_category from marts.categories"
        )
    }
    assert shown["Work"] == ["Job", "仕事", "#0b6fb8", "Duty"]
    assert shown["Mail"] == ["Mail", "Mail", "#06a893", None]
    assert shown["Untracked"][:2] == ["Untracked", "未記録"]
    assert shown["Uncategorized"][:2] == ["Uncategorized", "未分類"]
    places = [str(category) for (category,) in marts.rows("select category from marts.categories order by sort_order")]
    assert (places[0], places[1], places[-2:]) == ("Work", "Sleep", ["Uncategorized", "Untracked"])


def test_a_users_seed_files_are_read_and_never_written(marts: Warehouse) -> None:
    assert marts.seeds is not None
    assert {name: (marts.seeds / f"{name}.csv").read_text() for name in SEEDS} == SEEDS


@pytest.mark.parametrize("kind", MartRow.__subclasses__(), ids=lambda kind: str(kind.MART))
def test_a_mart_holds_what_its_row_type_promises(kind: type[MartRow], marts: Warehouse) -> None:
    """Views have no constraints: that a figure is never null, or a word one of a few, is seen here alone."""
    with psycopg.connect(marts.url) as connection:
        rows = read(connection, kind)
    assert rows
    promised = TypeAdapter(kind)
    assert [promised.validate_python(asdict(row)) for row in rows] == rows
