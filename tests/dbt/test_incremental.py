"""What the daily build works out anew: exactly what an edit touches, and in the end what a full refresh would give."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.dbt import lives
from tests.dbt.building import WORK_LISTS, Warehouse, differences
from tests.dbt.edits import ENTRIES, EVENTS, Edits
from tests.dbt.lives import Setting, random_life
from tests.dbt.oracle.life import Life, Mapping_, Rule, Seeds, aware
from tests.dbt.raw_rows import RawRows
from tests.dbt.retelling import raw_rows
from tests.dbt.seed_files import write_seeds

SETTINGS = [
    Setting("America/New_York", "2025-10-10 11:00", lives.night_shifts),
    Setting("Asia/Tokyo", "2026-01-20 03:00", lives.nested_timers, gap_seconds=300, has_seeds=False),
]
# How many edits are made before a build, and how much later it is; a build may find nothing but time gone by.
ROUNDS = [(8, timedelta(hours=1)), (0, timedelta(hours=26)), (15, timedelta(hours=8)), (1, timedelta(hours=75))]
QUIET_FIRST, QUIET_DAYS = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Tokyo")), 30
# Of these, an edit rewrites rows for certain; of others with a column `day` it may.
REWRITTEN = {"core.fct_time_owned", "core.fct_category_day", "marts.daily_timeline", "marts.daily_category"}

Stamped = Counter[tuple[object, ...]]


def assert_a_full_refresh_changes_nothing(warehouse: Warehouse, story: Sequence[str], **variables: object) -> None:
    """Holds every table and view against what building all of it anew gives."""
    before = warehouse.dump()
    outcome = warehouse.dbt("build", "--full-refresh", "--exclude-resource-type", "unit_test", **variables)
    assert outcome.success, outcome.trouble
    after = warehouse.dump()
    assert sorted(before) == sorted(after)
    wrong = {name: found for name, rows in after.items() if (found := differences(before[name], rows))}
    assert wrong == {}, "\n".join(story)


def lived(life: Life, random: Random, url: str, folder: Path) -> Warehouse:
    """A life, told to the raw layer; nothing is built yet."""
    with psycopg.connect(url) as connection:
        raw_rows(life, random).write(connection)
    return Warehouse(url, folder, life.zone.key, write_seeds(folder / "seeds", life.seeds), life.now)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_full_refresh_gives_the_same_rows_on_random_edit_histories(
    setting: Setting, database_url: str, tmp_path: Path
) -> None:
    random = Random(f"edits of {setting}")  # noqa: S311
    life = random_life(setting, random)
    warehouse = lived(life, random, database_url, tmp_path)
    warehouse.build(gap_seconds=setting.gap_seconds)
    with psycopg.connect(database_url) as connection:
        edits = Edits(connection, random, life.now, aware(setting.begins), [f"seed: edits of {setting}"])
        for number, (times, pause) in enumerate(ROUNDS, start=1):
            edits.make(times)
            edits.now += pause
            edits.sync()
            edits.story.append(f"build {number} at {edits.now:%Y-%m-%d %H:%M:%S}Z")
            warehouse = replace(warehouse, now=edits.now)
            warehouse.build(gap_seconds=setting.gap_seconds)
    assert_a_full_refresh_changes_nothing(warehouse, edits.story, gap_seconds=setting.gap_seconds)


def test_settings_that_change_take_effect_on_all_days_at_the_next_build(database_url: str, tmp_path: Path) -> None:
    random = Random("settings")  # noqa: S311
    life = random_life(Setting("Europe/Lisbon", "2026-03-04 18:00", lives.minute_logger), random)
    warehouse = lived(life, random, database_url, tmp_path)
    dumps = []
    variables: dict[str, object] = {}
    seeds = replace(life.seeds, mappings=[Mapping_("project", "Sleep", "Rest")], rules=[Rule(1, "movie", "Leisure")])
    for changed in ({}, {"gap_seconds": 600}, {"plan_cutoff": "21:30"}, {"seeds": seeds}):
        if isinstance(changed.get("seeds"), Seeds):
            write_seeds(tmp_path / "seeds", seeds)
        else:
            variables |= changed
        warehouse.build(**variables)
        dumps.append({name: rows for name, rows in warehouse.dump().items() if name == "marts.daily_category"})
    assert [one for one, other in pairwise(dumps) if one == other] == []
    assert_a_full_refresh_changes_nothing(warehouse, ["gap_seconds, plan_cutoff and seeds changed"], **variables)


@pytest.fixture
def quiet_month(database_url: str, tmp_path: Path) -> Warehouse:
    """Thirty days in Tokyo, each with the same three entries and two events; built."""
    raw = RawRows(ZoneInfo("Asia/Tokyo"))
    for number, name in enumerate(("Work", "Mail", "Sleep"), start=1):
        raw.project(number, name)
    for number in range(QUIET_DAYS):
        day = f"{QUIET_FIRST + timedelta(days=number):%Y-%m-%d}"
        for project, hour in ((3, "06"), (1, "10"), (2, "14")):
            raw.entry(10 * number + project, f"{day} {hour}:00", f"{day} {hour}:50", project)
        for title, hour in (("Work", "10"), ("Mail", "13")):
            raw.event(f"{title}{number}", title, f"{day} {hour}:00", f"{day} {hour}:30")
    now = datetime(2026, 4, 1, 3, tzinfo=UTC)
    raw.source("toggl", now)
    raw.source("gcal", now)
    with psycopg.connect(database_url) as connection:
        raw.write(connection)
    warehouse = Warehouse(database_url, tmp_path, "Asia/Tokyo", now=now)
    warehouse.build()
    return warehouse


def shift(warehouse: Warehouse, table: str, source_id: str, days: int) -> None:
    """Move an entry or an event by some days, as an older writer does."""
    place = ("{start}", "{stop}") if table == ENTRIES else ("{start,dateTime}", "{end,dateTime}")
    data = "data"
    for path in place:
        data = (
            f"jsonb_set({data}, '{path}', to_jsonb((data #>> '{path}')::timestamptz + make_interval(days => {days})))"
        )
    with psycopg.connect(warehouse.url) as connection:
        statement = f"update raw.{table} set data = {data}, synced_at = now() where source_id = %s"  # noqa: S608
        assert connection.execute(statement.encode(), (source_id,)).rowcount == 1


def day(number: int) -> date:
    """A day of the quiet month."""
    return QUIET_FIRST.date() + timedelta(days=number)


def stamped(warehouse: Warehouse, name: str) -> Stamped:
    """The rows of a table by day, each with the transaction that wrote it."""
    return Counter(warehouse.rows(f"select day, xmin::text, a_row::text from {name} as a_row"))  # noqa: S608


def tables_by_day(warehouse: Warehouse) -> Sequence[str]:
    """The tables of core and marts whose rows belong to a day."""
    found = warehouse.rows(
        "select format('%I.%I', table_schema, table_name) from information_schema.columns"
        " inner join information_schema.tables using (table_schema, table_name)"
        " where table_schema in ('core', 'marts') and column_name = 'day' and table_type = 'BASE TABLE' order by 1"
    )
    return [str(name) for (name,) in found if str(name).partition(".")[2] not in WORK_LISTS]


def test_only_the_days_that_an_edit_touches_are_rewritten(quiet_month: Warehouse) -> None:
    before = {name: stamped(quiet_month, name) for name in tables_by_day(quiet_month)}
    assert set(before) >= REWRITTEN
    shift(quiet_month, ENTRIES, "102", 3)  # Mail of the 11th day, to the 14th
    shift(quiet_month, EVENTS, "me@example.test:Work15", 2)
    quiet_month.build()

    touched = {day(number) for number in (10, 13, 15, 17)}
    alike = {later + timedelta(weeks=weeks) for later in touched for weeks in range(1, 5)}
    for name, rows in before.items():
        after = stamped(quiet_month, name)
        written, removed = set(after) - set(rows), set(rows) - set(after)
        allowed = touched | alike if name == "marts.daily_category" else touched
        assert {row[0] for row in written | removed} <= allowed, name
        assert written or name not in REWRITTEN, name
        # On the days that were worked out anew, what came out the same has stayed.
        assert {row[2] for row in written} & {row[2] for row in removed} == set(), name


def without_the_marts(warehouse: Warehouse) -> None:
    """A build that does not reach the marts."""
    assert warehouse.dbt("build", "--exclude-resource-type", "unit_test", "--exclude", "marts").success


def refused_midway(warehouse: Warehouse) -> None:
    """A build in which one model of many fails in the database."""
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute("alter table core.fct_category_day add constraint refused check (false) not valid")
        assert not warehouse.dbt("build", "--exclude-resource-type", "unit_test").success
        connection.execute("alter table core.fct_category_day drop constraint refused")


def killed_midway(warehouse: Warehouse) -> None:
    """A build that is killed while it writes a mart."""
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("lock table marts.daily_category in access exclusive mode")
        building = warehouse.start_build()
        waiting = "select count(*) from pg_locks where not granted and relation = 'marts.daily_category'::regclass"
        await_count(warehouse, waiting, lambda count: count > 0)
        building.kill()
        building.wait()
    # What was on its way into the database when its client died is over, too.
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    await_count(warehouse, f"{others} and state <> 'idle'", lambda count: count == 0)


def await_count(warehouse: Warehouse, query: str, is_reached: Callable[[int], bool]) -> None:
    """Wait, at most a minute, until the database counts as expected."""
    end = time.monotonic() + 60
    while not is_reached(int(str(warehouse.rows(query)[0][0]))):
        assert time.monotonic() < end, query
        time.sleep(0.1)


def test_a_build_after_interrupted_ones_makes_up_for_them(quiet_month: Warehouse) -> None:
    ways: Mapping[int, Callable[[Warehouse], None]] = {4: without_the_marts, 8: refused_midway, 12: killed_midway}
    for number, interrupt in ways.items():
        shift(quiet_month, ENTRIES, f"{10 * number + 1}", 1)
        shift(quiet_month, EVENTS, f"me@example.test:Mail{number}", -1)
        interrupt(quiet_month)
        # An edit of other days must not make the next build forget the ones before.
        shift(quiet_month, ENTRIES, f"{10 * number + 152}", 1)
        quiet_month.build()
        assert quiet_month.figures(f"{day(number)}").get("Work") is None, interrupt.__name__
        assert quiet_month.figures(f"{day(number)}", "planned_seconds").get("Mail") is None, interrupt.__name__
    assert_a_full_refresh_changes_nothing(quiet_month, ["three interrupted builds"])
