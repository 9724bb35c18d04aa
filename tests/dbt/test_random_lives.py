"""Random lives in zones with difficult midnights: SQL and plain Python must agree on them to the second."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import psycopg
import pytest

from tests.dbt import lives
from tests.dbt.building import Warehouse, differences
from tests.dbt.lives import Setting, random_life
from tests.dbt.oracle.figures import marts_of
from tests.dbt.retelling import raw_rows
from tests.dbt.seed_files import write_seeds

SETTINGS = [
    Setting("Asia/Tokyo", "2026-01-20 03:00", lives.minute_logger, gap_seconds=600),
    Setting("Asia/Tokyo", "2026-01-20 03:00", lives.now_and_then, has_seeds=False),
    Setting("Europe/Lisbon", "2026-03-04 18:00", lives.nested_timers),  # 29 March has 23 hours
    Setting("America/New_York", "2025-10-10 11:00", lives.night_shifts),  # 2 November has 25 hours
    Setting("America/New_York", "2026-02-14 11:00", lives.nested_timers, has_seeds=False),  # 8 March has 23 hours
    Setting("America/Havana", "2024-10-12 05:00", lives.night_shifts),  # 3 November has two midnights
    Setting("America/Sao_Paulo", "2018-10-15 12:00", lives.nested_timers, gap_seconds=300),  # 4 November has none
    Setting("Pacific/Apia", "2011-12-05 10:00", lives.now_and_then),  # 30 December did not happen
]
COLUMNS: Mapping[str, str] = {
    "daily_summary": "day, day_type, day_seconds, tracked_seconds, untracked_seconds, planned_seconds,"
    " replanned_seconds, plan_basis, adherence, partial",
    "daily_category": "day, category, coarse_category, raw_seconds, actual_seconds, planned_seconds, overlap_seconds,"
    " target_seconds, target_direction, estimate_seconds, achieved",
    "daily_timeline": "day, lane, start_at, end_at, category, title, project, source_id, social, began_at, ended_at,"
    " is_private",
    "daily_social": "day, social, actual_seconds",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_sql_and_python_agree_to_the_second(setting: Setting, database_url: str, tmp_path: Path) -> None:
    random = Random(str(setting))  # noqa: S311
    life = random_life(setting, random)
    with psycopg.connect(database_url) as connection:
        raw_rows(life, random).write(connection)
    seeds = write_seeds(tmp_path / "seeds", life.seeds)
    warehouse = Warehouse(database_url, tmp_path, setting.zone, seeds, life.now)
    warehouse.build(gap_seconds=setting.gap_seconds)

    expected = marts_of(life)
    for mart, columns in COLUMNS.items():
        found = warehouse.rows(f"select {columns} from marts.{mart}")  # noqa: S608
        assert (mart, differences(found, getattr(expected, mart))) == (mart, [])
