"""A Prefect server of our own: a temporary one for a single command, or the one of `lifetracer up`."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tasks.errors import LifetracerError
from tasks.settings import PROJECT_ROOT

START_TIMEOUT_SECONDS = 180

# A server that lives for one command has nothing to schedule, to mark late or to alert about.
WITHOUT_CLOCKWORK: Mapping[str, str] = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}


def prefect_environment(home: Path, api_url: str | None = None) -> dict[str, str]:
    """The environment in which every Prefect process of ours runs: its state under `home`, nothing sent anywhere.

    What is left out here stands in `pyproject.toml`, which Prefect reads from the project's folder.
    """
    environment = {**os.environ, "PREFECT_HOME": str(home / "prefect"), "DO_NOT_TRACK": "1"}
    if api_url is not None:
        environment["PREFECT_API_URL"] = api_url
    return environment


@contextmanager
def prefect_server(
    home: Path, port: int | None = None, *, ui: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a Prefect server on 127.0.0.1 while the context lasts, and give its API's URL.

    Without `port` a free one is taken. `settings` are further `PREFECT_…` variables. The first start on a `home`
    makes Prefect's database and takes some seconds longer. Raises LifetracerError when it does not come up.
    """
    if port is not None:
        _require_free(port)
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/api"
    log = home / "prefect" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter, no user input
            [
                *(sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)),
                *(() if ui else ("--no-ui",)),
            ],
            env={
                **prefect_environment(home),
                "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
                # By itself the UI looks for the API at the usual port, wherever the server listens.
                "PREFECT_SERVER_UI_API_URL": url,
                **(settings or {}),
            },
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(server, url, log)
        yield url
    finally:
        stop(server)


def stop(process: subprocess.Popen[bytes], patience_seconds: float = 10) -> None:
    """End a child that was started in a session of its own: asked first, killed when it does not listen."""
    process.terminate()
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise LifetracerError(
                f"Port {port} of this machine is in use; perhaps `lifetracer up` runs already.",
                "Stop it, or choose another one: lifetracer up --port 4201",
            ) from None


def _wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise LifetracerError("The Prefect server did not start.", f"Its last words are in {log}.")
