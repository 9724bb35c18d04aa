"""Running a flow in this process: on the user's Prefect server, or on a temporary one of our own."""

import logging
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

import httpx
from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.context import refresh_global_settings_context
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogHandler
from prefect.settings import PREFECT_API_URL

from deployments.console import Progress, progress
from deployments.prefect_server import WITHOUT_CLOCKWORK, prefect_server
from tasks.database import open_database
from tasks.errors import LifetracerError
from tasks.settings import Settings

SEND_TIMEOUT_SECONDS = 10


def run_flow(entrypoint: str, settings: Settings, parameters: Mapping[str, object] | None = None) -> None:
    """Run the flow at `entrypoint` (`module:function`) here and now, telling the terminal what happens.

    Raises the LifetracerError that made the flow fail. The database is opened first, because a wrong address should
    not cost the wait for Prefect.
    """
    # dbt's libraries set up a handler that would print every line a second time, unless there is one already.
    logging.getLogger().addHandler(logging.NullHandler())
    with progress("Working…") as console, open_database(settings) as database, ThreadPoolExecutor(1) as importer:
        console.say(f"Postgres: {database}")
        loading = importer.submit(_load, entrypoint)
        with _prefect_api(settings, console):
            _run(loading, parameters or {})


def _load(entrypoint: str) -> Flow[..., Any]:
    module, _, function = entrypoint.partition(":")
    flow = getattr(import_module(module), function)
    assert isinstance(flow, Flow)  # noqa: S101 - a typing aid, the entry points are ours
    return flow


def _run(loading: Future[Flow[..., Any]], parameters: Mapping[str, object]) -> None:
    state = cast("State[Any]", loading.result()(**parameters, return_state=True))
    if state.is_completed():
        return
    try:
        state.result()
    except LifetracerError:
        raise
    except Exception as error:
        raise LifetracerError(state.message or str(error)) from error


@contextmanager
def _prefect_api(settings: Settings, console: Progress) -> Iterator[None]:
    # Prefect reads the environment and its profiles, but not our settings file.
    if url := settings.prefect_api_url or PREFECT_API_URL.value():
        _require_answer(url)
        console.say(f"Prefect: {url}")
        with use_prefect_api(url):
            yield
        return
    console.say("Prefect: starting a temporary server")
    with prefect_server(settings.lifetracer_home, settings=WITHOUT_CLOCKWORK) as own_url, use_prefect_api(own_url):
        yield


@contextmanager
def use_prefect_api(url: str) -> Iterator[None]:
    """Point everything in this process at one Prefect API while the context lasts.

    Threads too, which Prefect's own settings context does not reach. On leaving, logs and events that are still to be
    sent are sent, because the server may end next.
    """
    before = os.environ.get("PREFECT_API_URL")
    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()
    try:
        yield
    finally:
        APILogHandler().flush()
        EventsWorker.drain_all(timeout=SEND_TIMEOUT_SECONDS)
        if before is None:
            del os.environ["PREFECT_API_URL"]
        else:
            os.environ["PREFECT_API_URL"] = before
        refresh_global_settings_context()


def _require_answer(url: str) -> None:
    try:
        httpx.get(f"{url}/health", timeout=10).raise_for_status()
    except httpx.HTTPError:
        raise LifetracerError(
            f"The Prefect server at {url} does not answer.",
            "Start it, or unset PREFECT_API_URL to let lifetracer start one of its own.",
        ) from None
