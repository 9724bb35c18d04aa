"""Delivery of a run's pages to their readers; it is part of the flows that set pages."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from tasks.database import Database
from tasks.publish.artifacts import keep_with_run
from tasks.publish.channels import channels_of
from tasks.publish.delivering import Round, bring_visibly
from tasks.report.editions import PageOf
from tasks.report.making import Page
from tasks.settings import Settings


def deliver(
    pages: Iterable[Page], database: Database, settings: Settings, today: dt.date, *, news: Collection[PageOf]
) -> list[str]:
    """Bring each page to the channels that are owed it; gives one sentence per channel that failed, cure included.

    Readers are told of those that are `news`, and the run keeps their gist; of the others only those that an earlier
    run failed to tell them.
    """
    deliveries = Round(today, channels_of(settings), bring_visibly)
    for page in pages:
        is_news = page.of in news
        with database.connect() as connection:
            links = deliveries.deliver(page, connection, newest=is_news)
        if is_news:
            keep_with_run(page, links)
    return [str(fault) for fault in deliveries.faults.values()]


def owed(database: Database, settings: Settings, pages: Sequence[PageOf], today: dt.date) -> list[PageOf]:
    """Of these pages of one edition, oldest first, those that are made, but did not reach a channel."""
    with database.connect() as connection:
        return Round(today, channels_of(settings)).owed(connection, settings, pages)
