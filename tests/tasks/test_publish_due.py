"""Which pages a channel is owed: kept ones as they are now, told ones once, and whatever failed."""

from datetime import UTC, datetime
from typing import Literal

import pytest

from tasks.publish.due import LOOK_BACK_DAYS, Standing, is_due
from tasks.publish.log import Delivery

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
State = Literal["delivered", "failed", "skipped"]


def _past(state: State | None, checksum: str = "now") -> Delivery | None:
    return None if state is None else Delivery(state, NOW, checksum)


@pytest.mark.parametrize(
    ("state", "checksum", "due"),
    [
        (None, "", True),
        ("delivered", "now", False),
        ("delivered", "before", True),
        ("failed", "now", True),
        ("skipped", "now", True),
    ],
)
@pytest.mark.parametrize("age", [0, 400])
def test_a_page_is_kept_as_it_is_now_however_old(state: State | None, checksum: str, due: bool, age: int) -> None:  # noqa: FBT001
    assert is_due(Standing("now", age, newest=False), _past(state, checksum), keeps=True) is due


@pytest.mark.parametrize(
    ("state", "checksum", "age", "newest", "due"),
    [
        (None, "", 1, True, True),
        (None, "", 1, False, False),
        (None, "", LOOK_BACK_DAYS, True, True),
        (None, "", LOOK_BACK_DAYS + 1, True, False),
        ("delivered", "now", 1, True, False),
        ("delivered", "before", 1, True, True),
        ("delivered", "before", 0, True, True),
        ("delivered", "before", 2, True, False),
        ("delivered", "before", 1, False, False),
        ("skipped", "now", 1, True, False),
        ("failed", "now", 1, True, True),
        ("failed", "before", LOOK_BACK_DAYS, False, True),
        ("failed", "now", LOOK_BACK_DAYS + 1, True, False),
    ],
)
def test_readers_are_told_of_the_newest_page_once_and_of_what_failed(
    state: State | None, checksum: str, age: int, *, newest: bool, due: bool
) -> None:
    assert is_due(Standing("now", age, newest), _past(state, checksum), keeps=False) is due
