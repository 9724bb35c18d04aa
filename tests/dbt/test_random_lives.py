"""Forty random days in zones with difficult midnights: SQL and plain Python must agree on them to the second."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.dbt.building import Warehouse
from tests.dbt.oracle import UNTRACKED, Day, Entry, Life, Plan, aware, figures
from tests.dbt.raw_rows import RawRows

PROJECTS = {1: "Work", 2: "Mail", 3: "Sleep", 4: "Meals", None: "Uncategorized"}
DAYS = 40
HOLE = range(17, 19)
MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Setting:
    """Where and when a life begins (UTC); clocks change on some day of it, except in Tokyo."""

    zone: str
    begins: str
    gap_seconds: int = 0


SETTINGS = [
    Setting("Asia/Tokyo", "2026-01-20 03:00", gap_seconds=10 * MINUTE),
    Setting("America/New_York", "2025-10-10 11:00"),  # 2 November has 25 hours
    Setting("America/Havana", "2024-10-12 05:00"),  # 3 November has two midnights
    Setting("America/Sao_Paulo", "2018-10-15 12:00", gap_seconds=5 * MINUTE),  # 4 November has none
    Setting("Pacific/Apia", "2011-12-05 10:00"),  # 30 December did not happen
]


def random_life(setting: Setting, random: Random) -> Life:
    """Entries short and long, nested, overlapping, started or stopped together, over midnights; two days of nothing."""
    zone, begins = ZoneInfo(setting.zone), aware(setting.begins)
    lengths = [1, 59, 5 * MINUTE, 25 * MINUTE, 25 * MINUTE, HOUR, 2 * HOUR, 8 * HOUR]
    entries: list[Entry] = []
    for entry_id in random.sample(range(1, 10_000), 14 * DAYS):
        day = random.choice([day for day in range(DAYS) if day not in HOLE])
        start = begins + timedelta(seconds=DAY * day + random.randrange(DAY))
        stop = start + timedelta(seconds=random.choice(lengths) + random.randrange(2) * random.randrange(MINUTE))
        if entries and random.random() < 0.25:
            other = random.choice(entries)
            start, stop = random.choice([(other.start, stop), (start, other.stop), (other.stop, stop)])
        if entry_id % 97 == 0:
            stop = start + timedelta(days=2, hours=random.randrange(24))
        if start < stop < start + timedelta(days=4):
            entries.append(Entry(start, entry_id, stop, random.choice(list(PROJECTS.values()))))
    plans: list[Plan] = []
    for _ in range(6 * DAYS):
        start = begins + timedelta(minutes=15 * random.randrange(DAYS * 96))
        stop = start + timedelta(minutes=random.choice([15, 30, 60, 60, 120, 480, 2000]))
        plans.append(Plan(start, stop, random.choice(list(PROJECTS.values()))))
    now = begins + timedelta(days=DAYS - 3, hours=7, seconds=11)
    return Life(zone, now, setting.gap_seconds, entries, plans)


def raw_rows(life: Life) -> RawRows:
    """The life as it was synced; events find their category by the project of their title's name."""
    raw = RawRows(life.zone)
    ids = {name: project_id for project_id, name in PROJECTS.items()}
    for name, project_id in ids.items():
        if project_id is not None:
            raw.project(project_id, name)
    for entry in life.entries:
        raw.entry(entry.entry_id, entry.start, entry.stop, ids[entry.category])
    for number, plan in enumerate(life.plans):
        raw.event(f"e{number}", None if ids[plan.category] is None else plan.category, plan.start, plan.stop)
    raw.source("toggl", life.now)
    return raw


def by_category(days: Mapping[date, Day]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The second opinion, as rows of marts.daily_category."""
    return {
        (day, category): (
            figure.raw[category],
            figure.actual[category],
            figure.planned[category],
            figure.overlap[category],
            figure.estimates.get(category, 0 if figure.estimates else None),
        )
        for day, figure in days.items()
        for category in {*figure.raw, *figure.actual, *figure.planned}
    }


def by_day(days: Mapping[date, Day]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The second opinion, as rows of marts.daily_summary."""
    return {
        (day,): (
            figure.seconds,
            figure.tracked,
            figure.actual[UNTRACKED],
            figure.planned.total(),
            figure.adherence,
        )
        for day, figure in days.items()
    }


def built(warehouse: Warehouse, query: str, keys: int) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Rows of a mart by their key."""
    return {tuple(row[:keys]): tuple(row[keys:]) for row in warehouse.rows(query)}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.zone)
def test_sql_and_python_agree_to_the_second(setting: Setting, database_url: str, tmp_path: Path) -> None:
    life = random_life(setting, Random(setting.zone))  # noqa: S311
    with psycopg.connect(database_url) as connection:
        raw_rows(life).write(connection)
    warehouse = Warehouse(database_url, tmp_path, setting.zone, now=life.now)
    warehouse.build(gap_seconds=setting.gap_seconds)

    days = figures(life)
    categories = built(
        warehouse,
        "select day, category, raw_seconds, actual_seconds, planned_seconds, overlap_seconds, estimate_seconds"
        " from marts.daily_category",
        keys=2,
    )
    summaries = built(
        warehouse,
        "select day, day_seconds, tracked_seconds, untracked_seconds, planned_seconds, adherence"
        " from marts.daily_summary",
        keys=1,
    )
    assert summaries == by_day(days)
    assert categories == by_category(days)
