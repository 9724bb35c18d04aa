"""prefect.yaml says only what Prefect understands: it ignores an unknown key in silence, so nothing else would tell."""

import copy
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any
from zoneinfo import available_timezones

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.utilities.templating import apply_values

from deployments.steps import this_checkout
from tasks.settings import PROJECT_ROOT

KEYS = {
    "file": {"name", "prefect-version", "build", "push", "pull", "definitions", "deployments"},
    "deployment": {
        *("name", "version", "version_type", "tags", "description", "schedules", "paused", "concurrency_limit"),
        *("flow_name", "entrypoint", "parameters", "enforce_parameter_schema", "build", "push", "pull"),
        *("work_pool", "triggers"),
    },
    "schedule": {"cron", "timezone", "day_or", "active", "parameters", "slug", "replaces"},
    "work_pool": {"name", "work_queue_name", "job_variables"},
    "concurrency_limit": {"limit", "collision_strategy", "grace_period_seconds"},
}
DEPLOYMENTS_THAT_OTHERS_RELY_ON = {
    *("sync/toggl", "sync/gcal", "transform/dbt", "report/daily", "daily-report/daily"),
    *("report/weekly", "report/monthly", "backfill/history", "reconcile/toggl"),
}


@cache
def _file() -> str:
    return (PROJECT_ROOT / "prefect.yaml").read_text()


def document() -> dict[str, Any]:
    """The file as Prefect sees it when deploying, our build step's outputs filled in."""
    filled: dict[str, Any] = apply_values(yaml.safe_load(_file()), {"here": this_checkout()})
    return filled


def flow_of(deployment: dict[str, Any]) -> Flow[..., Any]:
    """The flow that an entry point names."""
    path, _, name = deployment["entrypoint"].partition(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(flow, Flow)
    return flow


def faults(document: dict[str, Any]) -> Iterator[str]:
    """Everything that is wrong with the file, in words."""
    yield from _unknown(document, "file")
    for deployment in document["deployments"]:
        yield from _unknown(deployment, "deployment")
        yield from _unknown(deployment.get("work_pool", {}), "work_pool")
        yield from _unknown(deployment.get("concurrency_limit", {}), "concurrency_limit")
        for schedule in deployment.get("schedules", []):
            yield from _schedule_faults(schedule)
        yield from _flow_faults(deployment)


def _unknown(part: dict[str, Any], kind: str) -> Iterator[str]:
    for key in part.keys() - KEYS[kind]:
        yield f"unknown key {key} in {kind}"


def _schedule_faults(schedule: dict[str, Any]) -> Iterator[str]:
    yield from _unknown(schedule, "schedule")
    if schedule.get("timezone") not in available_timezones():
        yield f"no such zone {schedule.get('timezone')}"
    try:
        CronSchedule(cron=schedule.get("cron", ""))
    except ValueError:
        yield f"no cron expression {schedule.get('cron')}"


def _flow_faults(deployment: dict[str, Any]) -> Iterator[str]:
    try:
        flow = flow_of(deployment)
    except (ImportError, AttributeError, AssertionError):
        yield f"no flow at {deployment['entrypoint']}"
        return
    given = deployment.get("parameters", {})
    parameters = inspect.signature(flow.fn).parameters
    for name in given.keys() - parameters.keys():
        yield f"{flow.name} takes no parameter {name}"
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in given:
            yield f"{flow.name} needs the parameter {name}"


def test_the_file_has_no_fault() -> None:
    assert list(faults(document())) == []


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (("concurency_limit",), "unknown key concurency_limit in deployment"),
        (("schedules", 0, "time_zone"), "unknown key time_zone in schedule"),
        (("schedules", 0, "timezone"), "no such zone broken"),
        (("schedules", 0, "cron"), "no cron expression broken"),
        (("entrypoint",), "no flow at broken"),
        (("parameters", "broken"), "daily-report takes no parameter broken"),
        (("work_pool", "broken"), "unknown key broken in work_pool"),
    ],
)
def test_the_check_sees(place: tuple[str | int, ...], fault: str) -> None:
    broken = copy.deepcopy(document())
    part: Any = broken["deployments"][-1]
    for key in place[:-1]:
        part = part.setdefault(key, {}) if isinstance(part, dict) else part[key]
    part[place[-1]] = "broken"
    assert list(faults(broken)) == [fault]


def test_every_deployment_that_others_rely_on_exists() -> None:
    names = {f"{flow_of(deployment).name}/{deployment['name']}" for deployment in document()["deployments"]}
    assert names >= DEPLOYMENTS_THAT_OTHERS_RELY_ON


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Lisbon"])
def test_what_the_clock_starts_it_starts_in_the_users_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("LIFETRACER_TIMEZONE", zone)
    started = {
        f"{flow_of(deployment).name}/{deployment['name']}": (schedule["cron"], schedule["timezone"])
        for deployment in document()["deployments"]
        for schedule in deployment.get("schedules", [])
    }
    assert started == {"daily-report/daily": ("0 1 * * *", zone), "reconcile/toggl": ("30 5 * * 0", zone)}
