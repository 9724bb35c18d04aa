"""No run spends what the hour does not allow, whichever runs there are, and what is reserved is left to others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from infra.local.clock import ManualClock
from tasks.errors import QuotaError
from tasks.quota import Allowance, QuotaLedger


@pytest.fixture
def ledger(connection: psycopg.Connection, clock: ManualClock) -> QuotaLedger:
    return QuotaLedger(connection, "toggl", "Toggl Track", clock=clock)


def test_nothing_is_refused_before_an_answer_told_of_a_limit(ledger: QuotaLedger) -> None:
    for _ in range(100):
        ledger.admit("user")
    assert ledger.allowance("user") is None


def test_what_is_used_up_is_refused_until_the_hour_is_over(ledger: QuotaLedger, clock: ManualClock) -> None:
    ledger.hear("user", 2, 600)
    ledger.admit("user")
    ledger.admit("user")
    with pytest.raises(QuotaError) as refused:
        ledger.admit("user")
    assert refused.value.sentence == (
        "Toggl Track's hourly allowance of requests is used up; it is renewed in 11 minutes."
    )
    assert refused.value.resets_at == clock() + timedelta(seconds=601), "a second for Toggl's rounding"
    ledger.admit("organization 6")
    clock.advance(seconds=601)
    ledger.admit("user")


def test_a_reserve_is_left_to_those_without_one(
    ledger: QuotaLedger, connection: psycopg.Connection, clock: ManualClock
) -> None:
    modest = QuotaLedger(connection, "toggl", "Toggl Track", 10, clock)
    ledger.hear("user", 11, 600)
    modest.admit("user")
    with pytest.raises(QuotaError, match="but for 10 that are left to other uses"):
        modest.admit("user")
    assert ledger.allowance("user") == Allowance(10, clock() + timedelta(seconds=601))
    for _ in range(10):
        ledger.admit("user")


def test_of_answers_that_overtake_each_other_the_smaller_figure_counts(ledger: QuotaLedger) -> None:
    for remaining in (7, 9, 8):
        ledger.hear("user", remaining, 600)
    for _ in range(7):
        ledger.admit("user")
    with pytest.raises(QuotaError):
        ledger.admit("user")


def test_a_new_hour_begins_with_what_it_says(ledger: QuotaLedger, clock: ManualClock) -> None:
    ledger.hear("user", 1, 600)
    # By our clock the old hour has some seconds left.
    clock.advance(seconds=590)
    ledger.hear("user", 29, 3600)
    found = ledger.allowance("user")
    assert found is not None
    assert found.remaining == 29


def test_runs_side_by_side_never_spend_more_than_there_is(
    ledger: QuotaLedger, database_url: str, clock: ManualClock
) -> None:
    ledger.hear("user", 25, 600)

    def spend(_run: int) -> int:
        spent = 0
        with psycopg.connect(database_url) as connection:
            mine = QuotaLedger(connection, "toggl", "Toggl Track", clock=clock)
            for _ in range(20):
                try:
                    mine.admit("user")
                except QuotaError:
                    break
                spent += 1
        return spent

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(spend, range(4))) == 25
