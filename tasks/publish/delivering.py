"""A page goes to every channel that is owed it; each of them fails alone, and how it went is noted."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.errors import DeliveryError, LifetracerError
from tasks.publish.channel import Channel, Links
from tasks.publish.due import Standing, is_due
from tasks.publish.log import Deliveries, Delivery, checksum, deliveries, note_delivery, note_page, only_delivery_of
from tasks.publish.storage import ReportBucket
from tasks.report.editions import PageOf
from tasks.report.files import page_exists, pdf_path
from tasks.report.making import Page
from tasks.settings import Settings

Bring = Callable[[Channel, Page, Links | None], Links | None]

logger = logging.getLogger(__name__)


@dataclass
class Round:
    """The deliveries of one run: the day it is in the user's zone, the channels, and those of them that have failed.

    `bring` takes a page to a channel. The channel that makes links comes before those that tell them.
    """

    today: date
    channels: Sequence[Channel]
    bring: Bring = field(default=lambda channel, page, links: channel.deliver(page, links))
    faults: dict[str, LifetracerError] = field(default_factory=dict)

    def deliver(self, page: Page, connection: psycopg.Connection, *, newest: bool) -> Links | None:
        """Bring the page to each channel that is owed it, and note how it went; gives where it opens, if it is kept.

        `newest` says whether the run has no newer page. What a channel raises ends up in `faults`.
        """
        standing = self._standing(page.of, page.path, newest=newest)
        links = None
        with only_delivery_of(connection, page.sheet):
            past = note_page(connection, page, standing.checksum)
            for channel in self.channels:
                before = past.get(channel.name)
                if is_due(standing, before, keeps=channel.keeps):
                    links = self._try(channel, page, links, connection, standing) or links
                elif before is None:
                    skipped = Delivery("skipped", datetime.now(UTC), standing.checksum)
                    note_delivery(connection, page.sheet, channel.name, skipped)
                elif isinstance(channel, ReportBucket):
                    links = _links_again(channel, page)
        return links

    def owed(self, connection: psycopg.Connection, settings: Settings, pages: Sequence[PageOf]) -> list[PageOf]:
        """Of these pages of one edition, oldest first, those that are whole on the disk and owed to a channel."""
        if not pages or not self.channels:
            return []
        past = deliveries(connection, pages[0].edition, pages[0].first_day, pages[-1].first_day)
        folder, demo = settings.lifetracer_report_dir, settings.lifetracer_demo
        return [
            page
            for page in pages
            if page_exists(folder, page, demo=demo)
            and self._owes(page, pdf_path(folder, page), past.get(page.first_day, {}), newest=page == pages[-1])
        ]

    def _owes(self, page: PageOf, pdf: Path, past: Deliveries, *, newest: bool) -> bool:
        standing = self._standing(page, pdf, newest=newest)
        return any(is_due(standing, past.get(channel.name), keeps=channel.keeps) for channel in self.channels)

    def _standing(self, page: PageOf, pdf: Path, *, newest: bool) -> Standing:
        return Standing(checksum(pdf), (self.today - page.last_day).days, newest)

    def _try(
        self, channel: Channel, page: Page, links: Links | None, connection: psycopg.Connection, standing: Standing
    ) -> Links | None:
        fault, made = self.faults.get(channel.name), None
        # A channel that is down would keep each of a thousand pages waiting.
        if not (isinstance(fault, DeliveryError) and fault.down):
            fault, made = self._brought(channel, page, links)
        delivery = Delivery("delivered", datetime.now(UTC), standing.checksum)
        if fault is not None:
            self.faults[channel.name] = fault
            delivery = replace(delivery, state="failed", error=fault.sentence)
        note_delivery(connection, page.sheet, channel.name, delivery)
        return made

    def _brought(
        self, channel: Channel, page: Page, links: Links | None
    ) -> tuple[LifetracerError | None, Links | None]:
        try:
            return None, self.bring(channel, page, links)
        except LifetracerError as error:
            return error, None
        except Exception as error:  # noqa: BLE001 - whatever it is, the other channels shall not suffer
            return DeliveryError(
                f"{channel.title} was stopped by {type(error).__name__}.",
                "The page is on the disk; the next run tries again.",
            ), None


def _links_again(bucket: ReportBucket, page: Page) -> Links | None:
    """Links to a page that is kept already; a message without one is better than none."""
    try:
        return bucket.links(page)
    except DeliveryError as error:
        logger.warning("%s gives no link: %s", page.path.stem, error.sentence)
        return None


@task(name="publish", task_run_name="publish {channel} {page}", cache_policy=NO_CACHE)
def publish_task(channel: str, page: str, bring: Callable[[], Links | None]) -> Links | None:
    """Bring a page to a channel, both known to Prefect by their names alone."""
    try:
        links = bring()
    except LifetracerError as error:
        logger.warning("%s: %s", page, error.sentence)
        raise
    logger.info("%s: delivered (%s)", page, channel)
    return links


def bring_visibly(channel: Channel, page: Page, links: Links | None) -> Links | None:
    """Bring the page to the channel in a task run of its own; raises what the channel raises."""
    return publish_task(channel.name, page.path.stem, lambda: channel.deliver(page, links))
