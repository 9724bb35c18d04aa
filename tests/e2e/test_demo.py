"""The main job as a newcomer meets it: `lifetracer demo` sets its pages, and changes nothing when it is run again."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from tasks.report.editions import PageOf
from tasks.settings import PROJECT_ROOT

TOKYO = ZoneInfo("Asia/Tokyo")


def demo(home: Path, pages: Path) -> list[Path]:
    """Run the demo with nothing but a home and a folder for its pages; gives the paths that it ends with."""
    done = subprocess.run(
        [sys.executable, "-m", "deployments.cli", "demo"],
        env={**os.environ, "LIFETRACER_HOME": str(home), "LIFETRACER_REPORT_DIR": str(pages), "COLUMNS": "200"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return [Path(line) for line in done.stdout.splitlines() if line.startswith(str(pages))]


def test_the_demo_ends_with_seven_days_a_week_and_a_month_and_can_be_repeated(tmp_path: Path) -> None:
    home, pages = tmp_path / "home", tmp_path / "out"
    today = datetime.now(TOKYO).date()
    last_days = [PageOf("daily", today - timedelta(days=back)) for back in range(7, 0, -1)]
    ended = [*last_days, PageOf.last_ended("weekly", today), PageOf.last_ended("monthly", today)]

    paths = demo(home, pages)
    assert paths == [pages / f"{page.name}.pdf" for page in ended]
    assert [len(PdfReader(path).pages) for path in paths] == [1] * 9

    before = {path: path.stat().st_mtime_ns for path in pages.rglob("*.*")}
    assert demo(home, pages) == paths
    assert {path: path.stat().st_mtime_ns for path in pages.rglob("*.*")} == before
