"""The colours that we choose tell categories apart for every eye; those that a user chooses stand beside words."""

import csv
import math
import operator
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

import pytest

from tasks.report.lettering import PAPER, contrast
from tasks.settings import PROJECT_ROOT

_Triple: TypeAlias = tuple[float, float, float]

LEAST_DISTANCE = 12  # in CIELAB, where 2.3 can just be told apart side by side (Mahy et al. 1994)

# Linear RGB as those see it who lack one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1.0).
SIGHTS: Mapping[str, tuple[_Triple, _Triple, _Triple]] = {
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def _palette() -> Sequence[tuple[str, str]]:
    with (PROJECT_ROOT / "dbt_project" / "seeds_demo" / "categories.csv").open(encoding="utf-8") as file:
        return [(row["name_en"], row["color"]) for row in csv.DictReader(file)]


def _linear(colour: str) -> _Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _uncurved(red), _uncurved(green), _uncurved(blue)


def _uncurved(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _lab(linear: Sequence[float]) -> _Triple:
    """CIELAB (D65) of linear sRGB."""
    red, green, blue = linear
    x = _curved((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
    y = _curved(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = _curved((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _curved(share: float) -> float:
    return max(share, 0) ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116


@pytest.mark.parametrize("sight", SIGHTS)
def test_our_colours_can_be_told_apart(sight: str) -> None:
    seen = {
        name: _lab([sum(map(operator.mul, row, _linear(colour))) for row in SIGHTS[sight]])
        for name, colour in _palette()
    }
    close = [
        (one, other, round(math.dist(seen[one], seen[other])))
        for one, other in combinations(seen, 2)
        if math.dist(seen[one], seen[other]) < LEAST_DISTANCE
    ]
    assert close == []


def test_our_colours_stand_out_from_paper() -> None:
    assert [name for name, colour in _palette() if contrast(colour, PAPER) < 1.3] == []
