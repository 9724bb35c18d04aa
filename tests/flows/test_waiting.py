"""A used-up quota: the run waits for the reset, visibly and without a worker's slot, and goes on by itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil
import pytest
from prefect import flow
from pypdf import PdfReader

from flows.daily_report import daily_report
from flows.report import recent_days
from flows.sync import sync_all
from flows.waiting import MARGIN, MOST_WAITS, waits_for_quota
from infra.local.front import Seen
from infra.local.server import StandIn
from tasks.database import open_database
from tasks.settings import PROJECT_ROOT, load_settings

TOKYO = ZoneInfo("Asia/Tokyo")
WAITING = "Toggl Track: the hourly allowance is used up; waiting until "


@pytest.fixture(autouse=True)
def _no_allowance(stand_in: StandIn) -> None:
    """Toggl refuses every request, and each time says that it will answer in a second."""
    stand_in.toggl.quota_size = 0
    stand_in.toggl.quota_window = timedelta(seconds=1)


def toggl_requests(stand_in: StandIn) -> list[Seen]:
    """What Toggl was asked."""
    return [seen for seen in stand_in.requests if seen.path.startswith("/api/v9")]


@contextmanager
def waiting_command(account: dict[str, str], prefect_api: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`lifetracer sync toggl` in a terminal, with the line in which it says that it waits."""
    with subprocess.Popen(
        [sys.executable, "-m", "deployments.cli", "sync", "toggl"],
        env={**os.environ, **account, "PREFECT_API_URL": prefect_api, "COLUMNS": "200"},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, next(line for line in process.stdout if "waiting" in line)
        process.kill()


def test_a_command_says_until_when_it_waits_and_then_does_its_work(
    stand_in: StandIn, account: dict[str, str], prefect_api: str
) -> None:
    with waiting_command(account, prefect_api) as (process, line):
        heard = datetime.now(TOKYO)
        promised = {f"{heard + MARGIN + timedelta(seconds=late):%H:%M}" for late in (-1, 0, 1)}
        assert line.partition(WAITING)[2].strip() in promised
        assert len(toggl_requests(stand_in)) == 1
        stand_in.toggl.quota_size = 30
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "rows new" in output


def test_control_c_ends_the_wait(stand_in: StandIn, account: dict[str, str], prefect_api: str) -> None:
    stand_in.toggl.quota_window = timedelta(hours=1)
    with waiting_command(account, prefect_api) as (process, _):
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in output + errors
    assert len(toggl_requests(stand_in)) == 1


def test_a_quota_that_stays_used_up_costs_the_run_but_not_the_page(pages: Path, stand_in: StandIn) -> None:
    state = daily_report(return_state=True)
    assert state.is_failed()
    assert str(state.message).startswith("Toggl Track: Toggl Track's hourly allowance of requests is used up")
    assert len(toggl_requests(stand_in)) == 1 + MOST_WAITS
    yesterday = recent_days(datetime.now(TOKYO).date())[-1].first_day
    (page,) = PdfReader(pages / str(yesterday.year) / f"{yesterday}.pdf").pages
    assert "Toggl Track has never been read" in " ".join(page.extract_text().split())


@pytest.mark.usefixtures("pages")
def test_what_else_failed_is_told_after_the_wait(stand_in: StandIn) -> None:
    @waits_for_quota(most_waits=1)
    @flow
    def sync_everything() -> list[str]:
        settings = load_settings()
        with open_database(settings) as database:
            return sync_all(database, settings)

    stand_in.google_auth.revoked = True
    stand_in.toggl.quota_size = 30
    stand_in.toggl.quota_window = timedelta(seconds=10)
    allowance = stand_in.toggl_door.quota(None)
    while allowance.spend():
        pass
    (fault,) = sync_everything()
    assert fault.startswith("Google Calendar: Google refuses the refresh token")
    assert len(toggl_requests(stand_in)) > 2


@pytest.fixture
def worker(account: dict[str, str], deployed: httpx.Client, tmp_path: Path) -> Iterator[psutil.Process]:
    """A process worker with one slot; its words are in `worker.log`."""
    with (
        (tmp_path / "worker.log").open("w") as log,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "prefect", "worker", "start", "--pool", "lifetracer", "--name", "test"),
                *("--type", "process", "--install-policy", "never", "--limit", "1"),
            ],
            env={
                **os.environ,
                **account,
                "PREFECT_API_URL": str(deployed.base_url).rstrip("/"),
                "PREFECT_WORKER_QUERY_SECONDS": "2",
            },
            cwd=PROJECT_ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        yield psutil.Process(process.pid)
        process.terminate()
        process.wait(30)


def press_button(api: httpx.Client, *, start: datetime | None = None) -> str:
    """Ask for a run of `sync/toggl`, now or at `start`; gives its id."""
    deployment = api.get("/deployments/name/sync/toggl").json()
    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": start and start.isoformat()}}
    asked = api.post(f"/deployments/{deployment['id']}/create_flow_run", json={"state": scheduled})
    run_id: str = asked.raise_for_status().json()["id"]
    return run_id


def until_state(api: httpx.Client, run_id: str, name: str) -> dict[str, Any]:
    """The run, as soon as it is in the state of this name."""
    deadline = time.monotonic() + 90
    while True:
        run: dict[str, Any] = api.get(f"/flow_runs/{run_id}").json()
        if run["state"]["name"] == name:
            return run
        assert time.monotonic() < deadline, run["state"]
        time.sleep(0.1)


def taken_slots(api: httpx.Client) -> int:
    """How many runs of `sync/toggl` count against its limit."""
    slots: int = api.get("/deployments/name/sync/toggl").json()["global_concurrency_limit"]["active_slots"]
    return slots


def test_a_workers_run_makes_room_and_comes_back_when_it_is_due(
    worker: psutil.Process, deployed: httpx.Client, stand_in: StandIn, tmp_path: Path
) -> None:
    run_id = press_button(deployed)
    waiting = until_state(deployed, run_id, "AwaitingRetry")["state"]
    stand_in.toggl.quota_size = 30
    due = datetime.fromisoformat(waiting["state_details"]["scheduled_time"])
    assert waiting["message"] == f"{WAITING}{due.astimezone(TOKYO):%H:%M}"

    _, alive = psutil.wait_procs(worker.children(recursive=True), timeout=15)
    assert alive == []
    assert until_state(deployed, run_id, "AwaitingRetry")["run_count"] == 1
    assert taken_slots(deployed) == 0
    assert len(toggl_requests(stand_in)) == 1

    done = until_state(deployed, run_id, "Completed")
    assert done["run_count"] == 2
    assert datetime.fromisoformat(done["state"]["timestamp"]) >= due
    assert "Traceback" not in (tmp_path / "worker.log").read_text()


@pytest.mark.usefixtures("worker")
def test_a_workers_run_that_has_waited_three_times_fails(deployed: httpx.Client, stand_in: StandIn) -> None:
    run_id = press_button(deployed, start=datetime.now(UTC) + timedelta(days=1))
    for state in [*["RUNNING"] * MOST_WAITS, "SCHEDULED"]:
        told = deployed.post(f"/flow_runs/{run_id}/set_state", json={"state": {"type": state}, "force": True})
        told.raise_for_status()
    failed = until_state(deployed, run_id, "Failed")
    assert failed["run_count"] == 1 + MOST_WAITS
    assert "hourly allowance of requests is used up" in failed["state"]["message"]
    assert len(toggl_requests(stand_in)) == 1
