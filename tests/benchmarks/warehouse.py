"""What history costs: the daily build, a whole build and one day's read, with more and more of it in the warehouse.

Warehouses of all lengths stand on one embedded server that has nothing else to do, and take turns: every new morning
is loaded into each of them and built, so that whatever else the machine does meets them all. dbt runs in this process,
its project parsed beforehand, and tests what it builds as the daily run does. The earlier design reads the same rows.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import make_conninfo

from deployments.console import output
from tasks.database import Database, migrate
from tasks.embedded import embedded_postgres
from tasks.marts import read_day
from tests.benchmarks.history import ZONE, morning, write_history, write_morning
from tests.benchmarks.tables import print_table
from tests.dbt.building import Warehouse

HISTORIES: Mapping[str, int] = {"1 month": 30, "1 year": 365, "5 years": 1826, "10 years": 3652}
NEW_DAYS = 5
_READS = 100
_EARLIER_READS = 3
_SLOWEST = 8
_LAST_DAY = date(2026, 3, 9)
_DEMO_SEEDS = Path("seeds_demo")
_EARLIER_DESIGN = Path(__file__).with_name("earlier_design.sql")

_DAILY_AIM = 1.3
_WHOLE_AIM_SECONDS = 60
_READ_AIM_MILLISECONDS = 5
_EARLIER_AIM = 100


@dataclass(frozen=True)
class _Build:
    """What one `dbt build` took in seconds: by dbt's own account, and from call to return."""

    seconds: float
    wall_seconds: float
    nodes: Mapping[str, float]


@dataclass(frozen=True)
class _Subject:
    """One warehouse under measurement: so many days of history, the last of them `_LAST_DAY`'s eve."""

    name: str
    days: int
    warehouse: Warehouse
    entries: int
    events: int
    whole: _Build


@dataclass(frozen=True)
class _Figures:
    """What was measured of one warehouse; days in days, reads in milliseconds."""

    subject: _Subject
    daily: Sequence[_Build]
    days_anew: Sequence[int]
    read: float
    earlier_read: float

    @property
    def daily_seconds(self) -> float:
        """What dbt took for a usual new day."""
        return statistics.median(build.seconds for build in self.daily)

    @property
    def daily_wall_seconds(self) -> float:
        """What a usual new day took with dbt's own start."""
        return statistics.median(build.wall_seconds for build in self.daily)


def measure_warehouse(histories: Mapping[str, int] = HISTORIES, new_days: int = NEW_DAYS) -> None:
    """Print what builds and reads take by the days of history, shortest first, and how that compares with the aims."""
    with (
        TemporaryDirectory() as folder,
        embedded_postgres(Path(folder)) as url,
        output.status("Making warehouses") as status,
    ):
        subjects = [_prepared(url, Path(folder), name, days) for name, days in histories.items()]
        status.update("Building new days")
        builds = _build_new_days(subjects, new_days)
        status.update("Reading days")
        figures = [_read_all(subject, *builds[subject.name]) for subject in subjects]
    _print_whole_builds(figures)
    _print_slowest(figures[-1].subject)
    _print_daily_builds(figures)
    _print_reads(figures)
    _print_aims(figures)


def _prepared(server: str, folder: Path, name: str, days: int) -> _Subject:
    """A warehouse with so much history, made as a whole, with the earlier design beside it."""
    database = f"days_{days}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {database}".encode())
    url = make_conninfo(server, dbname=database)
    migrate(Database(url))
    with Database(url).connect() as connection:
        write_history(connection, _LAST_DAY, days)
        connection.execute(_EARLIER_DESIGN.read_bytes())
    _rest(url)
    warehouse = Warehouse(url, folder / database, ZONE.key, _DEMO_SEEDS, morning(_LAST_DAY))
    whole = _build(warehouse, "--full-refresh")
    entries, events = (
        _count(url, f"raw.{table}") for table in ("toggl_track__time_entries", "google_calendar__events")
    )
    return _Subject(name, days, warehouse, entries, events, whole)


def _build_new_days(subjects: Sequence[_Subject], new_days: int) -> Mapping[str, tuple[list[_Build], list[int]]]:
    """Build one new day after the other in all warehouses; by name what each took, and how many days it redid."""
    builds: dict[str, tuple[list[_Build], list[int]]] = {subject.name: ([], []) for subject in subjects}
    for ahead in range(1, new_days + 1):
        today = _LAST_DAY + timedelta(days=ahead)
        for subject in subjects:
            url = subject.warehouse.url
            with Database(url).connect() as connection:
                write_morning(connection, today)
            _rest(url)
            taken, redone = builds[subject.name]
            taken.append(_build(replace(subject.warehouse, now=morning(today))))
            redone.append(_count(url, "core.int_affected_days"))
    return builds


def _build(warehouse: Warehouse, *options: str) -> _Build:
    """Build as the daily run does; the project is parsed before, as `now` is a variable and dbt parses for new ones."""
    parsed = warehouse.dbt("parse")
    assert parsed.success, parsed.trouble
    began = time.perf_counter()
    outcome = warehouse.build(*options)
    return _Build(outcome.elapsed, time.perf_counter() - began, outcome.seconds)


def _rest(url: str) -> None:
    """Let the database come to rest, so that no vacuum of its own falls into what is measured."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


def _count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _read_all(subject: _Subject, daily: list[_Build], days_anew: list[int]) -> _Figures:
    _rest(subject.warehouse.url)
    with closing(Database(subject.warehouse.url).connect()) as connection:
        read = _median_milliseconds(lambda day: _read_marts(connection, day), _spread(subject.days, _READS))
        earlier = _median_milliseconds(
            lambda day: _read_earlier(connection, day), _spread(subject.days, _EARLIER_READS)
        )
    return _Figures(subject, daily, days_anew, read, earlier)


def _spread(days: int, count: int) -> list[date]:
    """So many ended days, or all there are, evenly from the first to the last."""
    count = min(count, days)
    first = _LAST_DAY - timedelta(days=days)
    return [first + timedelta(days=number * days // count) for number in range(count)]


def _median_milliseconds(read: Callable[[date], None], days: Sequence[date]) -> float:
    """The usual time of one read, after one that nobody counts."""
    read(days[0])
    taken = []
    for day in days:
        began = time.perf_counter()
        read(day)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def _read_marts(connection: psycopg.Connection, day: date) -> None:
    marts = read_day(connection, day)
    assert marts is not None
    assert len(marts.timeline), day


def _read_earlier(connection: psycopg.Connection, day: date) -> None:
    """What the earlier design would have a page made of: both lanes and the categories."""
    for view in ("actual_split", "target_split", "daily_category"):
        rows = connection.execute(f"select * from earlier.{view} where day = %s".encode(), (day,)).fetchall()  # noqa: S608
        assert rows, (view, day)
    connection.commit()


def _print_whole_builds(figures: Sequence[_Figures]) -> None:
    lines = [
        (
            each.subject.name,
            f"{each.subject.entries:,}",
            f"{each.subject.events:,}",
            f"{each.subject.whole.seconds:.1f} s",
            f"{each.subject.whole.wall_seconds:.1f} s",
        )
        for each in figures
    ]
    print_table("Whole build (dbt build --full-refresh)", ["", "entries", "events", "build", "with start"], lines)


def _print_daily_builds(figures: Sequence[_Figures]) -> None:
    least = figures[0].daily_seconds
    lines = [
        (
            each.subject.name,
            f"{statistics.median(each.days_anew):.0f}",
            f"{each.daily_seconds:.1f} s",
            f"{each.daily_wall_seconds:.1f} s",
            f"{each.daily_seconds / least:.2f}x",
        )
        for each in figures
    ]
    title = f"Daily build (dbt build after a new day; median of {len(figures[0].daily)})"
    print_table(title, ["", "days redone", "build", "with start", "times as long"], lines)


def _print_slowest(subject: _Subject) -> None:
    slowest = sorted(subject.whole.nodes.items(), key=lambda node: -node[1])[:_SLOWEST]
    title = f"Whole build with {subject.name}: what takes longest (several run at once)"
    print_table(title, ["", "seconds"], [(name, f"{seconds:.1f}") for name, seconds in slowest])


def _print_reads(figures: Sequence[_Figures]) -> None:
    lines = [
        (
            each.subject.name,
            f"{each.read:.1f} ms",
            f"{each.earlier_read:,.0f} ms",
            f"{each.earlier_read / each.read:,.0f}x",
        )
        for each in figures
    ]
    print_table("One day read", ["", "from the marts", "earlier design", "times as fast"], lines)


def _print_aims(figures: Sequence[_Figures]) -> None:
    least, most = figures[0], figures[-1]
    output.print(
        f"Daily build: with {most.subject.name} {most.daily_seconds / least.daily_seconds:.2f} times as long as with"
        f" {least.subject.name} (aim: at most {_DAILY_AIM})."
    )
    whole = most.subject.whole.wall_seconds
    output.print(f"Whole build: {whole:.0f} s with {most.subject.name} (aim: under {_WHOLE_AIM_SECONDS} s).")
    slowest = max(each.read for each in figures)
    output.print(f"A day's read: at most {slowest:.1f} ms (aim: under {_READ_AIM_MILLISECONDS} ms).")
    output.print(
        f"Against the earlier design: {most.earlier_read / most.read:,.0f} times as fast with {most.subject.name}"
        f" (aim: over {_EARLIER_AIM})."
    )
