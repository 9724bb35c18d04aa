"""Delivery of a run's pages to their readers; it is part of the flows that set pages."""

import datetime as dt
from collections.abc import Iterable

from tasks.database import Database
from tasks.publish.artifacts import keep_with_run
from tasks.publish.channels import channels_of
from tasks.publish.delivering import Round, bring_visibly
from tasks.report.making import Page
from tasks.settings import Settings


def deliver(
    pages: Iterable[Page], database: Database, settings: Settings, today: dt.date, *, newest: dt.date | None
) -> list[str]:
    """Bring each page to the channels that are owed it; gives one sentence per channel that failed, cure included.

    Readers are told of the page that begins with `newest`, and the run keeps its gist; of the others only those that
    an earlier run failed to tell them.
    """
    deliveries = Round(today, channels_of(settings), bring_visibly)
    for page in pages:
        is_newest = page.sheet.date == newest
        with database.connect() as connection:
            links = deliveries.deliver(page, connection, newest=is_newest)
        if is_newest:
            keep_with_run(page, links)
    return [str(fault) for fault in deliveries.faults.values()]


def days_owed(database: Database, settings: Settings, days: list[dt.date], today: dt.date) -> list[dt.date]:
    """Of these days, oldest first, those whose page is made, but did not reach a channel."""
    with database.connect() as connection:
        return Round(today, channels_of(settings)).owed(connection, settings, "daily", days)
