"""Days of 23 and 25 hours, midnights that happen twice or not at all; with no seeds edited and one source set up."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tests.dbt.building import Warehouse
from tests.dbt.raw_rows import RawRows, hours


def built(url: str, target: Path, raw: RawRows, now: datetime) -> Warehouse:
    """The marts of these rows, seeds as they are shipped."""
    raw.source("toggl", now)
    raw.source("gcal", None, configured=False)
    with psycopg.connect(url) as connection:
        raw.write(connection)
    warehouse = Warehouse(url, target, raw.zone.key, now=now)
    warehouse.build()
    return warehouse


def lengths(marts: Warehouse, *days: str) -> list[tuple[object, object]]:
    """The length of some days, and how much of each is accounted for."""
    length, tracked, untracked = (marts.summary(f"{name}_seconds") for name in ("day", "tracked", "untracked"))
    return [(length[day], int(str(tracked[day])) + int(str(untracked[day]))) for day in days]


def test_new_york_has_a_day_of_23_and_one_of_25_hours(database_url: str, tmp_path: Path) -> None:
    raw = RawRows(ZoneInfo("America/New_York"))
    raw.project(1, "Sleep", "#465bb3")
    raw.entry(1, "2025-10-31 22:00", "2025-10-31 23:00", 1)
    raw.entry(2, "2025-11-01 23:30", "2025-11-02 07:30", 1)
    raw.entry(3, "2026-03-07 23:30", "2026-03-08 07:30", 1)
    raw.event("a", "Sleep", "2025-11-02 00:00", "2025-11-02 07:00")
    marts = built(database_url, tmp_path, raw, datetime(2026, 3, 10, 12, tzinfo=UTC))

    assert lengths(marts, "2025-11-01", "2025-11-02", "2026-03-08") == [
        (hours(24), hours(24)),
        (hours(25), hours(25)),
        (hours(23), hours(23)),
    ]
    assert marts.figures("2025-11-02")["Sleep"] == hours(8.5)
    assert marts.figures("2025-11-02", "planned_seconds") == {"Sleep": hours(8)}
    assert marts.figures("2026-03-08", "raw_seconds") == {"Sleep": hours(6.5)}
    # Without any seed a project is its own category, in Toggl's colour; a source not set up keeps no day waiting.
    assert marts.rows("select name_en, color from marts.categories where category = 'Sleep'") == [("Sleep", "#465bb3")]
    assert marts.summary("partial")["2026-03-09"] is False
    assert [name for (name,) in marts.rows("select source from marts.sources")] == ["toggl"]


def test_havana_has_midnight_twice_in_autumn_and_not_at_all_in_spring(database_url: str, tmp_path: Path) -> None:
    """At 05:00 UTC clocks went from 01:00 to 00:00 on 3 November 2024, and from 00:00 to 01:00 on 9 March 2025."""
    raw = RawRows(ZoneInfo("America/Havana"))
    raw.entry(1, datetime(2024, 11, 3, 3, 30, tzinfo=UTC), datetime(2024, 11, 3, 5, 30, tzinfo=UTC))
    raw.entry(2, datetime(2025, 3, 9, 4, 30, tzinfo=UTC), datetime(2025, 3, 9, 5, 30, tzinfo=UTC))
    marts = built(database_url, tmp_path, raw, datetime(2025, 3, 11, 12, tzinfo=UTC))

    assert lengths(marts, "2024-11-02", "2024-11-03", "2025-03-08", "2025-03-09") == [
        (hours(24), hours(0.5)),
        (hours(25), hours(25)),
        (hours(24), hours(24)),
        (hours(23), hours(23)),
    ]
    starts = marts.rows(
        "select day::text, day_start from marts.days where day in ('2024-11-03', '2025-03-09') order by 1"
    )
    assert starts == [
        ("2024-11-03", datetime(2024, 11, 3, 4, tzinfo=UTC)),
        ("2025-03-09", datetime(2025, 3, 9, 5, tzinfo=UTC)),
    ]
    tracked = marts.summary("tracked_seconds")
    assert [tracked[day] for day in ("2024-11-02", "2024-11-03", "2025-03-08", "2025-03-09")] == [
        hours(0.5),
        hours(1.5),
        hours(0.5),
        hours(0.5),
    ]


def test_saint_johns_has_an_hour_that_clocks_show_as_the_evening_before(database_url: str, tmp_path: Path) -> None:
    """On 1 November 2009, a minute after midnight (02:31 UTC), clocks went back to 23:01; the day had begun by then."""
    raw = RawRows(ZoneInfo("America/St_Johns"))
    raw.entry(1, datetime(2009, 11, 1, 2, 20, tzinfo=UTC), datetime(2009, 11, 1, 3, 0, tzinfo=UTC))
    marts = built(database_url, tmp_path, raw, datetime(2009, 11, 3, 12, tzinfo=UTC))

    assert marts.rows("select day::text, day_start from marts.days order by day limit 2") == [
        ("2009-10-31", datetime(2009, 10, 31, 2, 30, tzinfo=UTC)),
        ("2009-11-01", datetime(2009, 11, 1, 2, 30, tzinfo=UTC)),
    ]
    assert marts.figures("2009-10-31") == {"Uncategorized": hours(1 / 6)}
    assert marts.figures("2009-11-01") == {"Uncategorized": hours(0.5), "Untracked": hours(24.5)}
