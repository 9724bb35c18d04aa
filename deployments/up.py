"""`lifetracer up`: database, Prefect server with its UI, deployments and a worker, in one terminal."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from deployments.console import Progress, progress
from deployments.prefect_server import prefect_environment, prefect_server, stop
from tasks.database import open_database
from tasks.errors import LifetracerError
from tasks.settings import PROJECT_ROOT, Settings

WORK_POOL = "lifetracer"
# A run that a person starts should begin while they still look at the button.
WORKER_QUERY_SECONDS = 2


def run_until_interrupted(settings: Settings, port: int) -> None:
    """Run everything on this machine until Ctrl-C or SIGTERM, then stop all of it in order; Prefect is at `port`."""
    # SIGINT too: a shell that starts us in the background has it ignored, and our children would inherit that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _as_interrupt)
    try:
        with progress("Starting…") as console, open_database(settings) as database:
            console.say(f"Postgres: {database}")
            with prefect_server(settings.lifetracer_home, port, ui=True) as api_url:
                console.say(f"Prefect: {api_url.removesuffix('/api')}")
                _deploy(settings, api_url, console)
                with _worker(settings, api_url) as worker:
                    console.say("Worker: waiting for runs. Ctrl-C stops everything.")
                    _watch(worker)
    except KeyboardInterrupt:
        return


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _deploy(settings: Settings, api_url: str, console: Progress) -> None:
    _prefect(settings, api_url, "work-pool", "create", WORK_POOL, "--type", "process", "--overwrite")
    _prefect(settings, api_url, "--no-prompt", "deploy", "--all")
    console.say("Deployments: registered, see prefect.yaml")


def _prefect(settings: Settings, api_url: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter, no user input
        [sys.executable, "-m", "prefect", *arguments],
        env=prefect_environment(settings.lifetracer_home, api_url),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LifetracerError(
            f"`prefect {' '.join(arguments)}` failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}"
        )


@contextmanager
def _worker(settings: Settings, api_url: str) -> Iterator[subprocess.Popen[bytes]]:
    log = settings.lifetracer_home / "prefect" / "worker.log"
    with log.open("w") as output:
        worker = subprocess.Popen(  # noqa: S603 - our own interpreter, no user input
            [
                *(sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--name", "local"),
                *("--type", "process", "--install-policy", "never"),
            ],
            env={
                **prefect_environment(settings.lifetracer_home, api_url),
                "PREFECT_WORKER_QUERY_SECONDS": str(WORKER_QUERY_SECONDS),
            },
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        stop(worker)


def _watch(worker: subprocess.Popen[bytes]) -> None:
    while worker.poll() is None:
        time.sleep(1)
    raise LifetracerError("The worker has stopped by itself.", "Start `lifetracer up` again; its log is worker.log.")
