"""`marts.report_log`: which pages were made, on which data, and how each of them reached its channels."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.types.json import Jsonb

from tasks.report.making import Page
from tasks.report.page import Edition, Sheet

# Any constant will do, as long as nothing else in this database uses it with two keys.
_DELIVERY_LOCK = 720_532


@dataclass(frozen=True)
class Delivery:
    """How a page fared with one channel: when (aware), which page it was, and why it failed if it did."""

    state: Literal["delivered", "failed", "skipped"]
    at: datetime
    checksum: str
    error: str | None = None


Deliveries = Mapping[str, Delivery]


@contextmanager
def only_delivery_of(connection: psycopg.Connection, sheet: Sheet) -> Iterator[None]:
    """Keep other runs from delivering this page while the context lasts: they would send what is just being sent."""
    key = (_DELIVERY_LOCK, f"{sheet.edition} {sheet.date}")
    with connection.transaction():
        connection.execute("select pg_advisory_lock(%s, hashtext(%s))", key)
    try:
        yield
    finally:
        # A connection that broke has lost its lock already.
        if not connection.closed:
            with connection.transaction():
                connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", key)


def note_page(connection: psycopg.Connection, page: Page, page_checksum: str) -> Deliveries:
    """Record that the page is there as it is now; gives how it, or the page it replaces, fared so far by channel."""
    sheet = page.sheet
    with connection.transaction():
        row = connection.execute(
            "insert into marts.report_log as log (day, edition, made_at, data_as_of, checksum)"
            " values (%s, %s, %s, %s, %s)"
            " on conflict (day, edition) do update set"
            "     made_at = case when log.checksum = excluded.checksum then log.made_at else excluded.made_at end,"
            "     data_as_of = excluded.data_as_of,"
            "     checksum = excluded.checksum"
            " returning channels",
            (sheet.date, sheet.edition, sheet.generated_at, _data_as_of(sheet), page_checksum),
        ).fetchone()
    return _read(row[0]) if row else {}


def note_delivery(connection: psycopg.Connection, sheet: Sheet, channel: str, delivery: Delivery) -> None:
    """Record how the page of this sheet fared with a channel."""
    said = {"state": delivery.state, "at": delivery.at.isoformat(), "checksum": delivery.checksum}
    if delivery.error:
        said["error"] = delivery.error
    with connection.transaction():
        connection.execute(
            "update marts.report_log set channels = channels || %s where day = %s and edition = %s",
            (Jsonb({channel: said}), sheet.date, sheet.edition),
        )


def deliveries(connection: psycopg.Connection, edition: Edition, first: date, last: date) -> Mapping[date, Deliveries]:
    """How the pages of these days fared, as far as any was recorded."""
    with connection.transaction():
        rows = connection.execute(
            "select day, channels from marts.report_log where edition = %s and day between %s and %s",
            (edition, first, last),
        ).fetchall()
    return {day: _read(channels) for day, channels in rows}


def checksum(pdf: Path) -> str:
    """The SHA-256 of a page's bytes, in hexadecimal."""
    return hashlib.sha256(pdf.read_bytes()).hexdigest()


def _read(channels: Mapping[str, Mapping[str, str]]) -> Deliveries:
    return {
        name: Delivery(
            state="delivered" if said["state"] == "delivered" else "failed" if said["state"] == "failed" else "skipped",
            at=datetime.fromisoformat(said["at"]),
            checksum=said["checksum"],
            error=said.get("error"),
        )
        for name, said in channels.items()
    }


def _data_as_of(sheet: Sheet) -> datetime | None:
    moments = [source.as_of for source in sheet.sources]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None
