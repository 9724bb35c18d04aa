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
from tests.reports.kinds import KINDS

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
    reports = [_at(kind, locale) for kind in ("ordinary", "stale calendar") for locale in ("ja", "en")]
    with output.status("Setting pages") as status:
        typst = _Taken(_cold(_COLD_TYPST, reports[0].model_dump_json(), runs), _warm(set_page, reports, runs))
        drawn = _median([_milliseconds(lambda: picture(reports[0])) for _ in range(runs)])
        status.update("Setting pages with WeasyPrint")
        weasyprint = _weasyprint(reports, max(2, runs // 3))
        status.update("Making marts to set pages from")
        published, backfill = _from_marts(runs, backfill_days)
    _print_setting(typst, weasyprint, drawn)
    _print_aims(typst, published, backfill, backfill_days)


def _at(kind: str, locale: str) -> Report:
    return KINDS[kind].report("ja" if locale == "ja" else "en")


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


def _warm(work: Callable[[Report], object], reports: Sequence[Report], runs: int) -> float:
    """What the work takes in this process, with other data than the time before."""
    work(reports[-1])
    return _median([_milliseconds(partial(work, reports[run % len(reports)])) for run in range(runs)])


def _weasyprint(reports: Sequence[Report], runs: int) -> _Taken | None:
    """The same of WeasyPrint; None where it or the libraries of the system that it needs are missing."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - it may be missing
    except (ImportError, OSError):
        return None
    # It takes the spaces between Japanese words from a font that has none, and says so each time.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    pages = {id(report): _html(report) for report in reports}
    cold = _cold(_COLD_WEASYPRINT, pages[id(reports[0])], runs)
    return _Taken(cold, _warm(lambda report: HTML(string=pages[id(report)]).write_pdf(), reports, runs))


def _html(report: Report) -> str:
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_COMPARABLE.read_text("utf-8"))
    fonts = [
        {"family": family, "weight": weight, "url": (FONTS / file).as_uri()} for file, family, weight in _COMMON_FONTS
    ]
    return template.render(report=json.loads(report.model_dump_json()), fonts=fonts)


def _from_marts(runs: int, backfill_days: int) -> tuple[float, float]:
    """Milliseconds from the marts to the files of one page, and of `backfill_days` pages in a row."""
    days = max(backfill_days, 30)
    with TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as url:
        migrate(Database(url))
        with Database(url).connect() as connection:
            write_history(connection, _LAST_DAY, days)
        Warehouse(url, Path(folder) / "dbt", ZONE.key, Path("seeds_demo"), morning(_LAST_DAY)).build("--full-refresh")
        with closing(Database(url).connect()) as connection:
            ended = [_LAST_DAY - timedelta(days=back) for back in range(1, days + 1)]
            _publish(connection, ended[0], Path(folder) / "warm")
            single = [
                _milliseconds(partial(_publish, connection, ended[run % days], Path(folder) / f"one{run}"))
                for run in range(runs)
            ]
            began = time.perf_counter()
            for day in ended[:backfill_days]:
                _publish(connection, day, Path(folder) / "many")
            many = (time.perf_counter() - began) * 1000
    return _median(single), many


def _publish(connection: psycopg.Connection, day: date, folder: Path) -> None:
    marts = read_day(connection, day)
    assert marts is not None, day
    write_report(build_report(marts, zone=ZONE, locale="ja", generated_at=marts.day.day_end), folder)


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
