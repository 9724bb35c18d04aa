"""What is nobody else's business is told in every mart that holds words, and as soon as the user says so."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.dbt.building import Warehouse
from tests.dbt.oracle.life import Private, Seeds
from tests.dbt.raw_rows import Known, RawRows
from tests.dbt.seed_files import write_seeds
from tests.dbt.test_incremental import assert_a_full_refresh_changes_nothing

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2025, 3, 7, 12, 0, tzinfo=TOKYO)
SEEN = Known("2025-02-01 00:00")
DOCTORS = "doctors@example.test"
# The marts that hold the words of entries and events.
WORDS = ("daily_timeline", "plan_ledger", "plan_outcomes", "next_day_plan", "day_notes")


def _lived(url: str, folder: Path) -> Warehouse:
    """Tuesday 4 March was planned a month before; since then a talk was moved from it to the day after."""
    raw = RawRows(TOKYO)
    raw.client(8, "Office")
    raw.project(1, "Work", client_id=8)
    raw.project(2, "Diary")
    raw.entry(1, "2025-03-03 22:00", "2025-03-04 01:00", 2, description="What I think")
    raw.entry(2, "2025-03-04 09:00", "2025-03-04 10:00", 1, description="Report")
    raw.calendar("me@example.test", "Me", known=SEEN)
    raw.calendar(DOCTORS, "Doctors", known=SEEN)
    raw.coverage("me@example.test", "2025-02-01 00:00", "2025-04-01 00:00", "2025-02-01 00:00")
    for number, title in enumerate(("Work", "Diary", "Garden", "Lunch")):
        raw.event(f"e{number}", title, f"2025-03-04 {10 + number}:00", f"2025-03-04 {11 + number}:00", known=SEEN)
    raw.event("v", "Dentist", "2025-03-04 15:00", "2025-03-04 16:00", known=SEEN, visibility="private")
    raw.event("d", "Check", "2025-03-04 16:00", "2025-03-04 17:00", DOCTORS, known=SEEN)
    moved = "2025-03-04 08:00"
    raw.event("m", "Talk", "2025-03-04 18:00", "2025-03-04 19:00", known=Known("2025-02-01 00:00", moved))
    raw.event("m", "Talk", "2025-03-05 18:00", "2025-03-05 19:00", known=Known(moved))
    raw.whole_days("n1", "Trip", "2025-03-04", "2025-03-05", known=SEEN, visibility="confidential")
    raw.whole_days("n2", "Bins", "2025-03-04", "2025-03-05", known=SEEN, visibility="default")
    with psycopg.connect(url) as connection:
        raw.write(connection)
    seeds = write_seeds(folder / "seeds", Seeds(private=[Private("project", "Diary"), Private("calendar", "Doctors")]))
    warehouse = Warehouse(url, folder / "target", TOKYO.key, seeds, NOW)
    warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def marts(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The week, built once."""
    return _lived(module_database_url, tmp_path_factory.mktemp("privacy"))


def _titles(warehouse: Warehouse, mart: str, *, private: bool) -> Sequence[str]:
    found = warehouse.rows(
        f"select distinct title from marts.{mart} where is_private = {private} and title is not null"  # noqa: S608
    )
    return sorted(str(title) for (title,) in found)


def test_every_mart_with_words_tells_which_are_private(marts: Warehouse) -> None:
    private = {mart: _titles(marts, mart, private=True) for mart in WORDS}
    planned = ["Check", "Dentist", "Diary"]
    assert private == {
        "daily_timeline": [*planned, "What I think"],
        "plan_ledger": planned,
        "plan_outcomes": planned,
        "next_day_plan": planned,
        "day_notes": ["Trip"],
    }
    assert _titles(marts, "daily_timeline", private=False) == ["Garden", "Lunch", "Report", "Talk", "Work"]
    assert _titles(marts, "day_notes", private=False) == ["Bins"]


def test_no_mart_with_words_is_silent_about_it(marts: Warehouse) -> None:
    columns = "select table_name from information_schema.columns where table_schema = 'marts' and column_name"
    assert marts.rows(f"{columns} = 'title' order by 1") == [(name,) for name in sorted(WORDS)]
    assert marts.rows(f"{columns} = 'is_private' order by 1") == [(name,) for name in sorted(WORDS)]


def test_what_becomes_private_is_so_on_all_its_days_at_the_next_build(database_url: str, tmp_path: Path) -> None:
    warehouse = _lived(database_url, tmp_path)
    assert warehouse.summary("plan_basis")["2025-03-04"] == "frozen"

    # The mark comes when the talk has long been moved, and holds on the day that it was planned for at first, too.
    _edit(warehouse, "google_calendar__events", "me@example.test:m", '{"visibility": "private"}')
    warehouse.build()
    talk = "select day::text, is_private from marts.daily_timeline where title = 'Talk' order by day"
    assert warehouse.rows(talk) == [("2025-03-04", True), ("2025-03-05", True)]
    assert _titles(warehouse, "plan_ledger", private=False) == ["Garden", "Lunch", "Work"]

    # A project takes a name that others are not to see, and gives another one back.
    _edit(warehouse, "toggl_track__projects", "1", '{"name": "Garden"}')
    _edit(warehouse, "toggl_track__projects", "2", '{"name": "Notes"}')
    assert warehouse.seeds is not None
    write_seeds(warehouse.seeds, Seeds(private=[Private("client", "Office")]))
    warehouse.build()
    assert _titles(warehouse, "daily_timeline", private=True) == ["Dentist", "Garden", "Report", "Talk"]

    # Now with the same files, so that only what was touched is built.
    _edit(warehouse, "toggl_track__projects", "1", '{"name": "Lunch"}')
    warehouse.build()
    assert _titles(warehouse, "daily_timeline", private=True) == ["Dentist", "Lunch", "Report", "Talk"]
    _edit(warehouse, "toggl_track__clients", "8", '{"name": "Public office"}')
    warehouse.build()
    assert _titles(warehouse, "daily_timeline", private=True) == ["Dentist", "Talk"]
    assert_a_full_refresh_changes_nothing(warehouse, ["a mark, names and files changed"])


def _edit(warehouse: Warehouse, table: str, source_id: str, changes: str) -> None:
    """Change some keys of a raw row, as a sync does."""
    with psycopg.connect(warehouse.url) as connection:
        statement = f"update raw.{table} set data = data || %s::jsonb, synced_at = now() where source_id = %s"  # noqa: S608
        assert connection.execute(statement.encode(), (changes, source_id)).rowcount == 1
