"""What a page costs: setting it cold and warm, from the marts to its files, thirty in a row, and beside WeasyPrint.

All are measured in one run on one machine, so that the ratios hold where the seconds do not. WeasyPrint sets a page of
the same figures, words and fonts from `comparable.html.j2`; it is simpler, as it draws no bridges and no lines.
"""

import json
import logging
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from jinja2 import Environment, StrictUndefined

from deployments.console import output
from tasks.database import Database, migrate
from tasks.embedded import embedded_postgres
from tasks.marts import read_day
from tasks.report.daily import build_report
from tasks.report.files import picture, set_page, write_report
from tasks.report.glyphs import FONTS
from tasks.report.page import Report
from tasks.settings import PROJECT_ROOT
from tests.benchmarks.history import ZONE, morning, write_history
from tests.benchmarks.tables import print_table
from tests.dbt.building import Warehouse

RUNS = 10
BACKFILL_DAYS = 30
_LAST_DAY = date(2026, 3, 9)
_COMMON_FONTS = (
    ("Inter_400Regular.ttf", "Inter", 400),
    ("Inter_600SemiBold.ttf", "Inter", 600),
    ("NotoSansCJKjp-Regular.otf", "Noto Sans CJK JP", 400),
    ("NotoSansCJKjp-Bold.otf", "Noto Sans CJK JP", 600),
)
_COMPARABLE = Path(__file__).with_name("comparable.html.j2")

_WARM_AIM_MILLISECONDS = 150
_COLD_AIM_MILLISECONDS = 300
_PUBLISHED_AIM_MILLISECONDS = 1000
_BACKFILL_AIM_SECONDS = 10

# Each prints its milliseconds in a process of its own, where nothing is warm, from the library's import to the page.
_COLD_TYPST = """
import sys, time
import tasks.report.lettering
from tasks.report.page import Report
report = Report.model_validate_json(sys.stdin.read())
began = time.perf_counter()
from tasks.report.files import set_page
set_page(report)
print((time.perf_counter() - began) * 1000)
"""
_COLD_WEASYPRINT = """
import sys, time
html = sys.stdin.read()
began = time.perf_counter()
from weasyprint import HTML
HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
print((time.perf_counter() - began) * 1000)
"""


@dataclass(frozen=True)
class _Taken:
    """The usual milliseconds of one way to set a page, cold and warm."""

    cold: float
    warm: float


def measure_page(runs: int = RUNS, backfill_days: int = BACKFILL_DAYS) -> None:
    """Print what setting a page takes, the same of WeasyPrint where it can run, and how that compares with the aims."""
    with output.status("Making marts to set pages from") as status:
        reports, published, backfill = _from_marts(runs, backfill_days)
        status.update("Setting pages")
        typst = _Taken(_cold(_COLD_TYPST, reports[0].model_dump_json(), runs), _warm(set_page, reports[1:]))
        drawn = _warm(picture, reports[1:])
        status.update("Setting pages with WeasyPrint")
        weasyprint = _weasyprint(reports[: max(3, runs // 3)])
    _print_setting(typst, weasyprint, drawn)
    _print_aims(typst, published, backfill, backfill_days)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _median(taken: Sequence[float]) -> float:
    return statistics.median(taken)


def _cold(program: str, given: str, runs: int) -> float:
    """What the work takes in a new process each time, by its own account."""
    return _median([float(_output(program, given)) for _ in range(runs)])


def _output(program: str, given: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], input=given, capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    ).stdout


def _warm(work: Callable[[Report], object], reports: Sequence[Report]) -> float:
    """What the work takes in this process, each time for another day, after a first one that nobody counts."""
    taken = [_milliseconds(partial(work, report)) for report in reports]
    return _median(taken[1:])


def _weasyprint(reports: Sequence[Report]) -> _Taken | None:
    """The same of WeasyPrint; None where it or the libraries of the system that it needs are missing."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - it may be missing
    except (ImportError, OSError):
        return None
    # It takes the spaces between Japanese words from a font that has none, and says so each time.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    pages = [_html(report) for report in reports]
    cold = _cold(_COLD_WEASYPRINT, pages[0], len(pages))
    taken = [_milliseconds(HTML(string=page).write_pdf) for page in pages]
    return _Taken(cold, _median(taken[1:]))


def _html(report: Report) -> str:
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_COMPARABLE.read_text("utf-8"))
    fonts = [
        {"family": family, "weight": weight, "url": (FONTS / file).as_uri()} for file, family, weight in _COMMON_FONTS
    ]
    return template.render(report=json.loads(report.model_dump_json()), fonts=fonts)


def _from_marts(runs: int, backfill_days: int) -> tuple[list[Report], float, float]:
    """The sheets of days that the marts know, and the milliseconds from the marts to the files of one, and of a row."""
    days = max(runs + 2, backfill_days)
    with TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as url:
        migrate(Database(url))
        with Database(url).connect() as connection:
            write_history(connection, _LAST_DAY, days)
        Warehouse(url, Path(folder) / "dbt", ZONE.key, Path("seeds_demo"), morning(_LAST_DAY)).build("--full-refresh")
        with closing(Database(url).connect()) as connection:
            ended = [_LAST_DAY - timedelta(days=back) for back in range(1, days + 1)]
            began = time.perf_counter()
            taken = [
                _milliseconds(partial(_publish, connection, day, Path(folder) / "out")) for day in ended[:backfill_days]
            ]
            row = (time.perf_counter() - began) * 1000
            return [_sheet(connection, day) for day in ended[: runs + 2]], _median(taken), row


def _publish(connection: psycopg.Connection, day: date, folder: Path) -> None:
    write_report(_sheet(connection, day), folder)


def _sheet(connection: psycopg.Connection, day: date) -> Report:
    marts = read_day(connection, day)
    assert marts is not None, day
    return build_report(marts, zone=ZONE, locale="ja", generated_at=marts.day.day_end)


def _print_setting(typst: _Taken, weasyprint: _Taken | None, drawn: float) -> None:
    lines = [("PDF, Typst", f"{typst.cold:,.0f} ms", f"{typst.warm:,.0f} ms", "1.0x", "1.0x")]
    if weasyprint is not None:
        ratios = (f"{weasyprint.cold / typst.cold:.1f}x", f"{weasyprint.warm / typst.warm:.1f}x")
        lines.append(("PDF, WeasyPrint", f"{weasyprint.cold:,.0f} ms", f"{weasyprint.warm:,.0f} ms", *ratios))
    lines.append(("PNG, Typst", "", f"{drawn:,.0f} ms", "", f"{drawn / typst.warm:.1f}x"))
    print_table("One page set", ["", "cold", "warm", "cold ratio", "warm ratio"], lines)
    if weasyprint is None:
        output.print("WeasyPrint cannot run here: it needs Pango from the system (Debian: libpangoft2-1.0-0).")


def _print_aims(typst: _Taken, published: float, backfill: float, backfill_days: int) -> None:
    output.print(f"Cold: {typst.cold:,.0f} ms (aim: under {_COLD_AIM_MILLISECONDS} ms).")
    output.print(f"Warm: {typst.warm:,.0f} ms (aim: under {_WARM_AIM_MILLISECONDS} ms).")
    output.print(f"Marts to files: {published:,.0f} ms a page (aim: under {_PUBLISHED_AIM_MILLISECONDS:,} ms).")
    output.print(
        f"{backfill_days} pages in a row: {backfill / 1000:.1f} s (aim: {BACKFILL_DAYS} in under"
        f" {_BACKFILL_AIM_SECONDS} s)."
    )
