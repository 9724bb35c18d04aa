"""Three weeks of random nights, plans and targets, edited: what reaches beyond its day comes out as if built anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import psycopg

from tests.dbt.building import Warehouse
from tests.dbt.raw_rows import RawRows

# On 8 March clocks go forward.
ZONE = ZoneInfo("America/New_York")
FIRST, DAYS = datetime(2026, 2, 25, tzinfo=ZONE), 21
NOW = FIRST + timedelta(days=DAYS - 4, hours=5)
SLEEP = 3
PROJECTS = {1: "Work", 2: "Mail", SLEEP: "Sleep"}
# By the day on which they end.
SHORT_NIGHT = 12
TABLES = ("sleep", "streaks", "plan_ledger")

SEEDS = {
    "categories": "category,name_en,name_ja,color,sort_order,coarse_category,role\n",
    "category_mappings": "kind,key,category,valid_from,valid_until\n",
    "private": "kind,key\n",
    "plan_rules": "position,pattern,category,valid_from,valid_until\n",
    "social_mappings": "client,social,valid_from,valid_until\n",
    # Reading is judged on one day only, and not even then if that is a holiday.
    "targets": """category,day_type,direction,target_seconds,valid_from,valid_until
Sleep,,more,18000,,
Work,weekday,more,3600,,
Mail,,less,3600,2026-03-02,
Reading,weekday,less,600,2026-03-05,2026-03-06
""",
}


@dataclass
class _Diary:
    """What the raw layer holds of the three weeks, and the changes that are made to it."""

    connection: psycopg.Connection
    random: Random
    mornings: dict[int, int] = field(default_factory=dict)
    last_id: int = 0

    def begin(self) -> None:
        """Write the first state down: nights in two halves, of which one goes without the second, and busy days."""
        raw = RawRows(ZONE)
        for project_id, name in PROJECTS.items():
            raw.project(project_id, name)
        raw.source("toggl", FIRST)
        raw.write(self.connection)
        for night in range(DAYS):
            self._sleep(night, -self.random.randrange(60, 180), -self.random.randrange(1, 30))
            if night != SHORT_NIGHT:
                self.lengthen_night(night)
        self.add(entries=30, events=35)

    def lengthen_night(self, night: int) -> None:
        """Track the half after midnight."""
        self._sleep(night, self.random.randrange(1, 30), self.random.randrange(240, 480))
        self.mornings[night] = self.last_id

    def cut_night(self, night: int) -> None:
        """Delete the half after midnight."""
        self._bury("toggl_track__time_entries", "source_id = %s", str(self.mornings[night]))

    def add(self, entries: int, events: int, first_day: int = 0) -> None:
        """Track and plan so many stretches more, the shortest of minutes and the longest of more than a day."""
        raw = RawRows(ZONE)
        for number in range(entries + events):
            start = _midnight(self.random.randrange(first_day, DAYS)) + timedelta(
                minutes=self.random.randrange(60, 1440)
            )
            stop = start + timedelta(minutes=self.random.choice([10, 55, 60, 120, 300, 1500]))
            project_id = self.random.choice([1, 2, 2, 3])
            if number < entries:
                raw.entry(self._next_id(), start, stop, project_id)
            else:
                raw.event(str(self._next_id()), PROJECTS[project_id], start, stop)
        raw.write(self.connection)

    def remove_before(self, moment: datetime) -> None:
        """Delete all that starts before an instant, so that the first days are no days of the marts any more."""
        self._bury("toggl_track__time_entries", "(data ->> 'start')::timestamptz < %s", moment)
        self._bury("google_calendar__events", "(data -> 'start' ->> 'dateTime')::timestamptz < %s", moment)

    def make_holiday(self, day: str) -> None:
        """Turn a weekday into a national holiday."""
        raw = RawRows(ZONE)
        raw.holiday("JP", day, "Founding", "創立")
        raw.write(self.connection)

    def _sleep(self, night: int, from_minute: int, to_minute: int) -> None:
        raw = RawRows(ZONE)
        midnight = _midnight(night)
        start, stop = (midnight + timedelta(minutes=minute) for minute in (from_minute, to_minute))
        raw.entry(self._next_id(), start, stop, SLEEP)
        raw.write(self.connection)

    def _next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def _bury(self, table: str, which: str, value: object) -> None:
        query = f"update raw.{table} set deleted_at = now() where {which}"  # noqa: S608
        self.connection.execute(query.encode(), [value])
        self.connection.commit()


def _midnight(night: int) -> datetime:
    return (FIRST + timedelta(days=night)).astimezone(UTC)


def _marts(warehouse: Warehouse) -> dict[str, Sequence[tuple[object, ...]]]:
    return {table: warehouse.rows(f"select * from marts.{table} as a_row order by a_row::text") for table in TABLES}  # noqa: S608


def _run(warehouse: Warehouse, *options: str) -> dict[str, Sequence[tuple[object, ...]]]:
    outcome = warehouse.dbt("run", *options)
    assert outcome.success, outcome.trouble
    return _marts(warehouse)


def test_edits_leave_nothing_behind_that_a_full_refresh_would_not_give(database_url: str, tmp_path: Path) -> None:
    """Each edit begins later than the one before it, since all days from its first on are new and hide errors."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text)
    warehouse = Warehouse(database_url, tmp_path / "target", ZONE.key, seeds, NOW)
    with psycopg.connect(database_url) as connection:
        diary = _Diary(connection, Random("nights"))  # noqa: S311
        diary.begin()
        warehouse.build()
        seen = [_marts(warehouse)]

        diary.make_holiday("2026-03-05")
        diary.remove_before(_midnight(2))
        seen.append(_run(warehouse))

        diary.cut_night(7)
        diary.add(entries=2, events=2, first_day=9)
        seen.append(_run(warehouse))

        diary.lengthen_night(SHORT_NIGHT)
        diary.add(entries=2, events=2, first_day=SHORT_NIGHT + 2)
        warehouse = replace(warehouse, now=NOW + timedelta(hours=20))
        seen.append(_run(warehouse))
        assert warehouse.rows("select min(day) from core.int_affected_days") == [(date(2026, 3, 9),)]

    assert _run(warehouse, "--full-refresh") == seen[-1]
    # The first days and the only one on which Reading was judged are gone, and every edit has moved sleeps.
    assert warehouse.rows("select min(day)::text >= '2026-02-26' from marts.days") == [(True,)]
    assert [sum("Reading" in row for row in marts["streaks"]) for marts in seen] == [1, 0, 0, 0]
    assert all(earlier["sleep"] != later["sleep"] for earlier, later in pairwise(seen))
