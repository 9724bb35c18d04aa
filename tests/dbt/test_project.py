"""The dbt project itself: it stands on an empty database, explains itself, and refuses what users mistype."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.dbt.building import EMPTY_SEEDS, Warehouse
from tests.dbt.raw_rows import RawRows, hours

MISTAKES = {
    "categories": """category,name_en,name_ja,color,sort_order,coarse_category,role
Work,,,blue,,,
Mail,,,,1,,
Mail,,,,2,,nap
""",
    "category_mappings": """kind,key,category,valid_from,valid_until
projects,Work,Work,,
client,Acme,Work,,2026-03-02
client,Acme,Work,2026-03-02,2026-04-01
client,Acme,Mail,2026-03-31,
calendar,me@example.test,Untracked,,
project_color,#AA0000,Work,,
project_color,#aa0000,Mail,,
""",
    "social_mappings": """client,social,valid_from,valid_until
Acme,Colleagues,,2026-03-02
Acme,Friends,2026-03-02,2026-03-01
Acme,,2026-03-01,
""",
    "private": """kind,key
projects,Work
client,
project,Work
""",
    "plan_rules": """position,pattern,category,valid_from,valid_until
1,lunch,Meals,,
1,dinner,Meals,,
2,,Meals,,
3,brunch,Meals,,2026-03-02
3,brunch,Work,2026-03-02,
""",
    "targets": """category,day_type,direction,target_seconds,valid_from,valid_until
Work,monday,more,3600,,
Work,,more,,,
Mail,,less,3600,,2026-03-02
Mail,,less,1800,2026-03-01,
Mail,weekday,less,1800,2026-03-01,2026-03-01
""",
}


@pytest.fixture
def warehouse(database_url: str, tmp_path: Path) -> Warehouse:
    """A database without a single row, on 5 March 2026."""
    return Warehouse(database_url, tmp_path, "Asia/Tokyo", now=datetime(2026, 3, 5, tzinfo=UTC))


def test_an_empty_database_and_empty_seeds_build_green(warehouse: Warehouse) -> None:
    """The unit tests run here as well."""
    outcome = warehouse.dbt("build")
    assert outcome.success, outcome.trouble
    assert set(outcome.statuses.values()) == {"success", "pass", "no-op"}
    assert warehouse.rows("select count(*) from marts.daily_summary") == [(0,)]
    assert warehouse.rows("select category from marts.categories order by sort_order") == [
        ("Uncategorized",),
        ("Untracked",),
    ]


def test_small_gaps_go_to_the_stretch_before_them_and_raw_time_stays(warehouse: Warehouse) -> None:
    raw = RawRows(ZoneInfo(warehouse.zone))
    raw.project(1, "Work")
    raw.project(2, "Mail")
    raw.entry(1, "2026-03-02 09:00", "2026-03-02 10:00", 1)
    raw.entry(2, "2026-03-02 10:05", "2026-03-02 11:00", 2)
    raw.entry(3, "2026-03-02 11:06", "2026-03-02 12:00", 1)
    with psycopg.connect(warehouse.url) as connection:
        raw.write(connection)
    warehouse.build(gap_seconds=300)
    assert warehouse.timeline("2026-03-02", "actual") == [
        ("09:00", "10:05", "Work"),
        ("10:05", "11:00", "Mail"),
        ("11:00", "11:06", "Untracked"),
        ("11:06", "12:00", "Work"),
        ("12:00", "00:00", "Untracked"),
    ]
    assert warehouse.figures("2026-03-02", "raw_seconds") == {"Work": hours(1.9), "Mail": hours(11 / 12)}


@pytest.mark.parametrize("as_yaml_reads_it", [870, 52200])
def test_a_cutoff_of_half_past_two_needs_no_quotes(warehouse: Warehouse, as_yaml_reads_it: int) -> None:
    """Without quotes YAML takes 14:30, and 14:30:00, for a number."""
    result = warehouse._invoke("compile", "--inline", "select {{ plan_cutoff() }}", plan_cutoff=as_yaml_reads_it)
    (compiled,) = getattr(result.result, "results", None) or []
    assert warehouse.rows(str(compiled.node.compiled_code)) == [(time(14, 30),)]


def test_mistakes_in_the_users_files_are_counted_before_anything_is_built(warehouse: Warehouse, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, text in MISTAKES.items():
        (seeds / f"{name}.csv").write_text(text)
    mistaken = replace(warehouse, seeds=seeds)
    outcome = mistaken.dbt("build", "--exclude-resource-type", "unit_test")
    assert outcome.named("fail") == ["seed_files_are_sound"]
    assert outcome.failures == {"seed_files_are_sound": 18}
    built = {name for name in outcome.named("success") if not name.startswith(("stg_", "base_", "lifetracer-on-run"))}
    assert built == {*MISTAKES, "sources"}


def test_the_shipped_seeds_are_headers_only() -> None:
    assert [path.name for path in sorted(EMPTY_SEEDS.glob("*.csv")) if len(path.read_text().splitlines()) != 1] == []
