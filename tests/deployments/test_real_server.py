"""On a real Prefect server: everything in prefect.yaml deploys, and a cron schedule really makes runs."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from tests.deployments.test_prefect_yaml import DEPLOYMENTS_THAT_OTHERS_RELY_ON

TOKYO = ZoneInfo("Asia/Tokyo")


def test_all_deployments_are_there_after_one_command(deployed: httpx.Client) -> None:
    flows = {flow["id"]: flow["name"] for flow in deployed.post("/flows/filter", json={}).json()}
    found = deployed.post("/deployments/filter", json={}).json()
    assert {f"{flows[one['flow_id']]}/{one['name']}" for one in found} == DEPLOYMENTS_THAT_OTHERS_RELY_ON


def test_the_cron_schedule_makes_runs_at_one_oclock_of_the_users_zone(deployed: httpx.Client) -> None:
    wanted = {
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "deployments": {"name": {"any_": ["daily"]}},
        "flows": {"name": {"any_": ["daily-report"]}},
    }
    deadline = time.monotonic() + 90
    while not (runs := deployed.post("/flow_runs/filter", json=wanted).json()):
        assert time.monotonic() < deadline, "the schedule made no run"
        time.sleep(0.5)
    starts = [datetime.fromisoformat(run["expected_start_time"]).astimezone(TOKYO) for run in runs]
    assert len(starts) >= 3
    assert {(start.hour, start.minute) for start in starts} == {(1, 0)}
