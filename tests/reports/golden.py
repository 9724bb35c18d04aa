"""The pictures that pages are held against: `make golden` draws them anew, to be looked at before a commit."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops

from tasks.report.files import picture
from tasks.report.page import Sheet
from tests.reports.kinds import KINDS

FOLDER = Path(__file__).with_name("golden")
PIXELS_PER_INCH = 72
NOTICEABLE = 48  # of 255: a rasterizer that rounds otherwise, or fewer colours, change an edge by less
TILE = 32
TOLERATED_SHARE = 0.01  # of a tile's pixels, in the tile that differs most: one word changes more


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
    languages: Mapping[str, tuple[Literal["en", "ja"], ...]] = {"ordinary": ("en", "ja"), "running now": ("en", "ja")}
    pages = [
        Golden(f"{kind.replace(' ', '-')}-{locale}", KINDS[kind].report(locale))
        for kind in KINDS
        for locale in languages.get(kind, ("en",))
    ]
    return {page.name: page for page in pages}


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
