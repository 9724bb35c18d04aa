"""`lifetracer up`: deployments run on its worker as the README says, and one signal takes everything down again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import psutil
import pytest

from deployments.prefect_server import free_port
from infra.local import credentials
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from tasks.settings import PROJECT_ROOT

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the user has written into the environment: a Toggl account, and an embedded database."""
    with StandIn(live(5, TickingClock(datetime.now(UTC)), TOKYO, days=10)) as stand_in:
        yield {
            **os.environ,
            "LIFETRACER_HOME": str(tmp_path / "home"),
            "LIFETRACER_REPORT_DIR": str(tmp_path / "out"),
            "TOGGL_API_TOKEN": credentials.TOGGL_API_TOKEN,
            "TOGGL_API_URL": stand_in.toggl_url,
            "TOGGL_REPORTS_API_URL": stand_in.toggl_reports_url,
        }


@pytest.fixture
def up(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`lifetracer up`, once its worker waits for runs."""
    port = free_port()
    environment["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    with subprocess.Popen(
        [sys.executable, "-m", "deployments.cli", "up", "--port", str(port)],
        env=environment,
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any("waiting for runs" in line for line in process.stdout)
        yield process
        process.kill()


def run_deployment(name: str, environment: dict[str, str]) -> None:
    """`prefect deployment run`, waiting for the end; its exit code tells how the run ended."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "deployment", "run", name, "--watch", "--watch-timeout", "180"],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_deployments_run_on_the_worker_and_one_signal_ends_all(
    up: subprocess.Popen[str], environment: dict[str, str], tmp_path: Path
) -> None:
    api = environment["PREFECT_API_URL"]
    assert httpx.get(f"{api.removesuffix('/api')}/ui-settings").json()["api_url"] == api, "the UI finds its server"
    run_deployment("sync/toggl", environment)
    run_deployment("daily-report/daily", environment)
    yesterday = datetime.now(TOKYO).date() - timedelta(days=1)
    assert (tmp_path / "out" / str(yesterday.year) / f"{yesterday}.pdf").exists()

    family = psutil.Process(up.pid).children(recursive=True)
    assert family
    up.send_signal(signal.SIGTERM)
    assert up.wait(60) == 0
    deadline = time.monotonic() + 10
    while any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in family):
        assert time.monotonic() < deadline, "something was left running"
        time.sleep(0.2)
    assert not (tmp_path / "home" / "postgres" / "data" / "postmaster.pid").exists()
