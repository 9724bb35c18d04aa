"""`daily-report`: the way of a day, from the sources to the page."""

import datetime as dt
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.history import catch_up
from flows.report import name_of_run, pages_due, refuse_future, set_pages
from flows.sync import sync_all
from flows.transform import build_marts
from flows.waiting import waits_for_quota
from tasks.database import open_database
from tasks.report.editions import PageOf
from tasks.settings import load_settings


@waits_for_quota()
@flow(name="daily-report", flow_run_name=name_of_run, task_runner=ThreadPoolTaskRunner(max_workers=4))  # type: ignore[arg-type]
def daily_report(date: dt.date | None = None) -> list[Path] | State[Any]:
    """Sync every source, build the marts, and set the page of `date`, or each recent one that is not there yet.

    A source that fails does not cost the page: the page says how stale it is, and the run ends Failed with a sentence
    that names the source and the cure; so it does when a channel to the readers fails. A used-up quota is waited for
    before it counts as a failure. When dbt fails no page is made, and yesterday's tables stay.
    """
    settings = load_settings()
    refuse_future(date, settings)
    with open_database(settings) as database:
        faults = sync_all(database, settings)
        build_marts(database, settings)
        due = [PageOf("daily", date)] if date else pages_due(database, settings, dt.datetime.now(settings.zone).date())
        pages, undelivered = set_pages(database, settings, due)
        if not faults:
            catch_up(database, settings)
    faults += undelivered
    return Failed(message=" ".join(faults)) if faults else pages
