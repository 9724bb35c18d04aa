"""Pages of every kind look as they did when somebody last looked at them."""

import pytest
from PIL import Image

from tests.reports.days import ACTUAL, Stretch, a_day
from tests.reports.golden import FOLDER, TOLERATED_SHARE, difference, drawn, goldens
from tests.reports.kinds import Kind

PAGES = goldens()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(name: str) -> None:
    page = PAGES[name]
    with Image.open(page.path) as kept:
        share = difference(drawn(page.sheet), kept.convert("RGB"))
    assert share <= TOLERATED_SHARE, f"{share:.2%} of {page.path.name} differ; if it is meant, look, and `make golden`"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PAGES)


@pytest.mark.parametrize(
    "changed",
    [
        [*ACTUAL[:10], Stretch("11:38", "12:20", "Deep work", "another title"), *ACTUAL[11:]],
        [*ACTUAL[:10], Stretch("11:38", "12:10", "Deep work", "PR reviews"), *ACTUAL[11:]],
        [*ACTUAL[:10], Stretch("11:38", "12:20", "Meetings", "PR reviews"), *ACTUAL[11:]],
    ],
    ids=["a title", "ten minutes", "a category"],
)
def test_a_small_change_is_noticed(changed: list[Stretch]) -> None:
    assert difference(drawn(Kind(a_day(changed)).report()), drawn(Kind(a_day()).report())) > TOLERATED_SHARE
