"""A real Prefect server and a real process worker: deployments run as the README says, and leave pages behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from deployments.prefect_server import stop
from infra.local import credentials
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from tasks.settings import PROJECT_ROOT

TOKYO = ZoneInfo("Asia/Tokyo")
POOL = "lifetracer"


@pytest.fixture
def environment(database_url: str, tmp_path: Path, prefect_api: str) -> Iterator[dict[str, str]]:
    """What the user has written into the environment."""
    with StandIn(live(5, TickingClock(datetime.now(UTC)), TOKYO, days=10)) as stand_in:
        yield {
            **os.environ,
            "PREFECT_API_URL": prefect_api,
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DATABASE_URL": database_url,
            "LIFETRACER_HOME": str(tmp_path / "home"),
            "LIFETRACER_REPORT_DIR": str(tmp_path / "out"),
            "TOGGL_API_TOKEN": credentials.TOGGL_API_TOKEN,
            "TOGGL_API_URL": stand_in.toggl_url,
            "TOGGL_REPORTS_API_URL": stand_in.toggl_reports_url,
        }


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[None]:
    """A process worker on our pool."""
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--install-policy", "never"],
            env=environment,
            cwd=PROJECT_ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        yield
        stop(process)


def run_deployment(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`prefect deployment run`, waiting for the end; its exit code tells how the run ended."""
    return subprocess.run(
        [sys.executable, "-m", "prefect", "deployment", "run", name, "--watch", "--watch-timeout", "180"],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.usefixtures("worker")
def test_deployments_run_on_a_worker(deployed: httpx.Client, environment: dict[str, str], tmp_path: Path) -> None:
    assert deployed.get("/health").status_code == 200
    synced = run_deployment("sync/toggl", environment)
    assert synced.returncode == 0, synced.stdout + synced.stderr
    made = run_deployment("daily-report/daily", environment)
    assert made.returncode == 0, made.stdout + made.stderr
    yesterday = datetime.now(TOKYO).date() - timedelta(days=1)
    assert (tmp_path / "out" / str(yesterday.year) / f"{yesterday}.pdf").exists()
