"""The ledger of hourly allowances: what a source's buckets still allow, kept in Postgres and so shared by all runs.

    ledger = QuotaLedger(connection, "toggl", "Toggl Track", reserve=10)
    ledger.admit("user")            # books one request, or raises QuotaError without any having been sent
    ledger.hear("user", 27, 3120)   # what the answer said: 27 left, full again in 3120 s

A bucket that nothing is known of, or whose hour is over, admits: the first answer tells what it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from tasks.errors import QuotaError

# The source rounds to whole seconds; a request that comes in the last one would still be refused.
_ROUNDING = timedelta(seconds=1)
# By so much the ends of one and the same hour may differ, as told by two answers.
_SAME_HOUR = timedelta(minutes=1)


@dataclass(frozen=True)
class Allowance:
    """How many requests a bucket still allows until `resets_at` (aware)."""

    remaining: int
    resets_at: datetime


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def exhausted(source: str, title: str, resets_at: datetime, *, now: datetime, kept: int = 0) -> QuotaError:
    """The error for a bucket that allows no more, but perhaps for the `kept` requests that are left to others."""
    minutes = -(-(resets_at - now) // timedelta(minutes=1))
    left = f", but for {kept} that are left to other uses" if kept else ""
    return QuotaError(
        source,
        f"{title}'s hourly allowance of requests is used up{left}; it is renewed in {minutes} minutes.",
        resets_at,
        "Run it again after that; nothing was lost.",
    )


@dataclass
class QuotaLedger:
    """The buckets of one source, for a caller who leaves `reserve` requests of each to others.

    Every call is a transaction of its own, so it must not be made inside of one. `clock` is given by tests.
    """

    connection: psycopg.Connection
    source: str
    title: str
    reserve: int = 0
    clock: Callable[[], datetime] = utc_now

    def admit(self, bucket: str) -> None:
        """Book one request of the bucket; raises QuotaError when that would leave less than the reserve."""
        with self.connection.transaction():
            row = self.connection.execute(
                "update raw.request_quota set remaining = remaining - 1"
                " where source = %s and bucket = %s and resets_at > %s and remaining > %s returning 1",
                (self.source, bucket, self.clock(), self.reserve),
            ).fetchone()
        if row is None and (allowance := self.allowance(bucket)) is not None:
            kept = self.reserve if allowance.remaining else 0
            raise exhausted(self.source, self.title, allowance.resets_at, now=self.clock(), kept=kept)

    def hear(self, bucket: str, remaining: int, resets_in_seconds: int) -> None:
        """Book what an answer said about its bucket; of two answers in one hour the smaller figure counts."""
        resets_at = self.clock() + timedelta(seconds=resets_in_seconds) + _ROUNDING
        with self.connection.transaction():
            self.connection.execute(
                "insert into raw.request_quota as known (source, bucket, remaining, resets_at)"
                " values (%(source)s, %(bucket)s, %(remaining)s, %(resets_at)s)"
                " on conflict (source, bucket) do update set resets_at = excluded.resets_at, remaining ="
                " case when known.resets_at > %(now)s and excluded.resets_at < known.resets_at + %(slack)s"
                " then least(known.remaining, excluded.remaining) else excluded.remaining end",
                {
                    "source": self.source,
                    "bucket": bucket,
                    "remaining": remaining,
                    "resets_at": resets_at,
                    "now": self.clock(),
                    "slack": _SAME_HOUR,
                },
            )

    def allowance(self, bucket: str) -> Allowance | None:
        """What is known of the bucket's present hour; None when that is nothing."""
        with self.connection.transaction():
            row = self.connection.execute(
                "select remaining, resets_at from raw.request_quota"
                " where source = %s and bucket = %s and resets_at > %s",
                (self.source, bucket, self.clock()),
            ).fetchone()
        return Allowance(*row) if row else None
