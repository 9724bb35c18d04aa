"""The pictures that pages are held against: `make golden` draws them anew, to be looked at before a commit."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image, ImageChops

from tasks.marts.periods import PeriodMarts
from tasks.report.files import picture
from tasks.report.monthly import build_monthly
from tasks.report.page import Sheet
from tasks.report.weekly import build_weekly
from tests.reports.days import TOKYO
from tests.reports.kinds import KINDS
from tests.reports.period_kinds import ODD_MONTHS, ODD_WEEKS

Locale: TypeAlias = Literal["en", "ja"]

FOLDER = Path(__file__).with_name("golden")
PIXELS_PER_INCH = 72
NOTICEABLE = 48  # of 255: a rasterizer that rounds otherwise, or fewer colours, change an edge by less
TILE = 32
TOLERATED_SHARE = 0.01  # of a tile's pixels, in the tile that differs most: one word changes more

IN_BOTH_LANGUAGES = {"ordinary", "running now", "believable"}
WEEKS = (
    "believable",
    "empty",
    "nothing planned",
    "the first one ever, from Thursday on",
    "40 categories",
    "odd titles",
    "not over",
)
MONTHS = ("believable", "empty", "the first one ever, from the 28th on", "40 categories")

_NEVER = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Golden:
    """A page as it should look."""

    name: str
    sheet: Sheet

    @property
    def path(self) -> Path:
        """Where its picture is kept."""
        return FOLDER / f"{self.name}.png"


def goldens() -> Mapping[str, Golden]:
    """Every page that is held against a picture, by name: days of all kinds, the usual ones in both languages too."""
    pages = [
        *(_golden(kind, locale, KINDS[kind].report(locale)) for kind in KINDS for locale in _languages(kind)),
        *(_golden(f"week {kind}", locale, _week(kind, locale)) for kind in WEEKS for locale in _languages(kind)),
        *(_golden(f"month {kind}", locale, _month(kind, locale)) for kind in MONTHS for locale in _languages(kind)),
    ]
    return {page.name: page for page in pages}


def _golden(kind: str, locale: Locale, sheet: Sheet) -> Golden:
    return Golden(f"{'-'.join(kind.replace(',', '').split())}-{locale}", sheet)


def _languages(kind: str) -> tuple[Locale, ...]:
    return ("en", "ja") if kind in IN_BOTH_LANGUAGES else ("en",)


def _week(kind: str, locale: Locale) -> Sheet:
    marts = ODD_WEEKS[kind]()
    return build_weekly(marts, zone=TOKYO, locale=locale, generated_at=_made(marts))


def _month(kind: str, locale: Locale) -> Sheet:
    marts = ODD_MONTHS[kind]()
    return build_monthly(marts, zone=TOKYO, locale=locale, generated_at=_made(marts))


def _made(marts: PeriodMarts) -> datetime:
    """Two minutes after the last day that has ended."""
    return max((day.day_end for day in marts.days if day.is_ended), default=_NEVER) + timedelta(minutes=2)


def drawn(sheet: Sheet) -> Image.Image:
    """The sheet as a picture."""
    return Image.open(io.BytesIO(picture(sheet, pixels_per_inch=PIXELS_PER_INCH))).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels, 0 to 1, that differ noticeably in the tile that differs most; 1 when the sizes do."""
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > NOTICEABLE else 0)
    corners = ((x, y) for x in range(0, one.width, TILE) for y in range(0, one.height, TILE))
    tiles = (apart.crop((x, y, x + TILE, y + TILE)) for x, y in corners)
    return max(tile.histogram()[255] for tile in tiles) / TILE**2


def draw_all() -> None:
    """Draw every picture anew, and drop those that no page has any more."""
    FOLDER.mkdir(exist_ok=True)
    pages = goldens()
    for page in pages.values():
        # A palette of its own loses next to nothing and saves two thirds.
        small = drawn(page.sheet).quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(page.path, optimize=True)
    for path in FOLDER.glob("*.png"):
        if path.stem not in pages:
            path.unlink()


if __name__ == "__main__":
    draw_all()
