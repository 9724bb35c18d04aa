"""The command line refuses what it cannot use in one or two sentences, with the cure, and never with a traceback."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deployments.prefect_server import free_port
from tasks.settings import PROJECT_ROOT


def lifetracer(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, with nothing of the developer's own settings."""
    return subprocess.run(
        [sys.executable, "-m", "deployments.cli", *arguments],
        env={**os.environ, "COLUMNS": "200", **environment},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said, after checking that it said it plainly."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    return " ".join(done.stderr.split())


def test_help_names_every_command() -> None:
    done = lifetracer("--help")
    assert done.returncode == 0
    for command in ("demo", "run", "sync", "report", "migrate", "up"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "2026-1", "26/11/2026"])
def test_an_unknown_date_is_refused(text: str, tmp_path: Path) -> None:
    said = complaint(lifetracer("report", "--date", text, LIFETRACER_HOME=str(tmp_path)))
    assert f"{text} is no date; write it as YYYY-MM-DD." in said


@pytest.mark.parametrize(
    ("option", "text", "cure"),
    [
        ("--week", "2026-W54", "is no week; write it as YYYY-Www"),
        ("--week", "last", "is no week; write it as YYYY-Www"),
        ("--month", "2026-13", "is no month; write it as YYYY-MM."),
    ],
)
def test_an_unknown_week_or_month_is_refused(option: str, text: str, cure: str, tmp_path: Path) -> None:
    said = complaint(lifetracer("report", option, text, LIFETRACER_HOME=str(tmp_path)))
    assert f"{text} {cure}" in said


@pytest.mark.parametrize("asked", [(), ("--date", "2026-11-24", "--month", "2026-11")])
def test_a_report_is_one_page(asked: tuple[str, ...], tmp_path: Path) -> None:
    said = complaint(lifetracer("report", *asked, LIFETRACER_HOME=str(tmp_path)))
    assert said == "error: It is not clear which page is wanted. Give one of --date, --week and --month."


@pytest.mark.parametrize("command", ["run", "report"])
def test_a_date_in_the_future_is_refused(command: str, tmp_path: Path) -> None:
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    tomorrow = today + timedelta(days=1)
    said = complaint(lifetracer(command, "--date", str(tomorrow), LIFETRACER_HOME=str(tmp_path)))
    assert said == f"error: {tomorrow} has not come yet. Choose a day up to today, {today}."


def test_a_zone_that_does_not_exist_is_refused_before_anything_starts(tmp_path: Path) -> None:
    said = complaint(lifetracer("run", LIFETRACER_TIMEZONE="Mars/Olympus", LIFETRACER_HOME=str(tmp_path / "home")))
    assert "LIFETRACER_TIMEZONE is 'Mars/Olympus', which is no IANA time zone" in said
    assert not (tmp_path / "home").exists()


def test_an_unreachable_database_is_told_before_prefect_is_started() -> None:
    port = free_port()
    said = complaint(lifetracer("run", DATABASE_URL=f"postgresql://me:hunter2@127.0.0.1:{port}/mine"))
    assert f"Postgres at 127.0.0.1:{port}/mine cannot be used: Connection refused." in said
    assert "hunter2" not in said


def test_a_prefect_server_that_does_not_answer_is_named(database_url: str) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    said = complaint(lifetracer("run", DATABASE_URL=database_url, PREFECT_API_URL=url))
    assert f"The Prefect server at {url} does not answer." in said


def test_a_prefect_server_named_in_the_settings_file_is_used(database_url: str, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    (tmp_path / "settings").write_text(f"DATABASE_URL={database_url}\nPREFECT_API_URL={url}\n")
    said = complaint(lifetracer("run", LIFETRACER_ENV_FILE=str(tmp_path / "settings")))
    assert f"The Prefect server at {url} does not answer." in said


def test_an_unknown_source_is_refused_with_those_that_exist(database_url: str, prefect_api: str) -> None:
    said = complaint(lifetracer("sync", "fitbit", DATABASE_URL=database_url, PREFECT_API_URL=prefect_api))
    assert said == "error: There is no source 'fitbit'. Choose one of: toggl, gcal."


def test_a_source_that_is_not_set_up_names_its_variables(database_url: str, prefect_api: str) -> None:
    said = complaint(lifetracer("sync", "toggl", DATABASE_URL=database_url, PREFECT_API_URL=prefect_api))
    assert "Toggl Track is not set up." in said
    assert "TOGGL_API_TOKEN" in said


def test_a_run_without_any_source_says_what_to_do(database_url: str, prefect_api: str) -> None:
    said = complaint(lifetracer("run", DATABASE_URL=database_url, PREFECT_API_URL=prefect_api))
    assert "No source is set up." in said
    assert "make demo" in said


def test_migrate_says_what_it_did_and_does_it_once(empty_database_url: str) -> None:
    first = lifetracer("migrate", DATABASE_URL=empty_database_url)
    assert first.returncode == 0
    assert "20261123000000_raw.sql" in first.stdout
    assert lifetracer("migrate", DATABASE_URL=empty_database_url).stdout.endswith("nothing to do\n")
