#!/usr/bin/env python3
"""Makes the carried fonts and their table of coverage from the packages that README.md names, by hand only."""

import hashlib
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cffsubr
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent

_CJK = "cjk/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc"  # its first face is the Japanese one
_JISX0213_ROWS = range(0xA1, 0xFF)
_CONJOINING_JAMO = {*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)}
_FILLERS = {0x3164, 0xFFA0}  # Hangul letters that are blank
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_LIGATURES = 4  # OpenType's number of the substitution of several glyphs by one
_ALL_PLANES = 12  # its number of the character map that needs no other beside it


@dataclass(frozen=True)
class Carried:
    """One font file: its family on the page, where it is from, what of it is `wanted` (None: all), its name here."""

    family: str
    source: str
    wanted: frozenset[int] | None = None
    other_name: str | None = None

    @property
    def name(self) -> str:
        """The file's name here: that of its source, unless it has got another one."""
        return self.other_name or Path(self.source).name


def chain() -> list[Carried]:
    """The carried files in the order in which the page tries their families."""
    common, rare = frozenset(_common_japanese()), _every_script_of_cjk()
    regular, bold = _CJK.format("Regular"), _CJK.format("Bold")
    return [
        Carried("Inter", "inter/400Regular/Inter_400Regular.ttf"),
        Carried("Inter", "inter/600SemiBold/Inter_600SemiBold.ttf"),
        Carried("Noto Sans CJK JP", regular, common, "NotoSansCJKjp-Regular.otf"),
        Carried("Noto Sans CJK JP", bold, common, "NotoSansCJKjp-Bold.otf"),
        Carried("Noto Sans CJK Rare", regular, rare, "NotoSansCJKrare-Regular.otf"),
        Carried("Noto Emoji", "noto-emoji/600SemiBold/NotoEmoji_600SemiBold.ttf"),
        Carried("Noto Sans", "noto-sans/400Regular/NotoSans_400Regular.ttf", _latin_greek_and_cyrillic()),
        Carried(
            "Noto Sans Hebrew",
            "noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf",
            _points((0x0591, 0x05F4)),
        ),
        Carried(
            "Noto Sans Arabic",
            "noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
            _points((0x0606, 0x06FF), (0x0750, 0x077F)),
        ),
        Carried(
            "Noto Sans Math",
            "noto-sans-math/400Regular/NotoSansMath_400Regular.ttf",
            _points((0x2190, 0x23FF), (0x2980, 0x29FF)),
        ),
        Carried(
            "Noto Sans Symbols 2",
            "noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
            _points((0x2190, 0x27BF), (0x2B00, 0x2BFF)),
        ),
    ]


def _points(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def _common_japanese() -> Iterator[int]:
    """Levels 1 to 3 of JIS X 0213 (its first plane), what Windows adds to JIS X 0208, and one letter of names."""
    yield ord("𠮷")
    for first in _JISX0213_ROWS:
        for second in _JISX0213_ROWS:
            yield from map(ord, bytes([first, second]).decode("euc_jis_2004", "ignore"))
    for first in range(0x81, 0xFD):
        for second in range(0x40, 0xFD):
            yield from (point for point in map(ord, bytes([first, second]).decode("cp932", "ignore")) if point > 0xFF)


def _latin_greek_and_cyrillic() -> frozenset[int]:
    return _points(
        *[(0x0100, 0x052F), (0x1AB0, 0x1AFF), (0x1D00, 0x1FFF), (0x2000, 0x218F), (0x2C60, 0x2C7F)],
        *[(0xA640, 0xA69F), (0xA700, 0xA7FF), (0xAB30, 0xAB6F)],
    )


def _every_script_of_cjk() -> frozenset[int]:
    return _points((0x20, 0xDFFF), (0xF900, 0x3FFFF)) - _CONJOINING_JAMO - _FILLERS


def make(packages: Path) -> None:
    """Write every font of the chain, then what they cover and their checksums."""
    held: dict[str, frozenset[int]] = {}
    for family, files in groupby(chain(), key=lambda carried: carried.family):
        earlier = _united(held.values())
        held[family] = frozenset.intersection(*(_written(file, packages / file.source, earlier) for file in files))
    (HERE / "coverage.toml").write_text("\n".join(_table(held)) + "\n", encoding="utf-8")
    pinned = sorted(path for path in HERE.iterdir() if path.suffix in {".ttf", ".otf", ".toml", ".txt"})
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in pinned)
    (HERE / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _united(held: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset[int]().union(*held)


def _written(carried: Carried, source: Path, earlier: frozenset[int]) -> frozenset[int]:
    """Copy a font whole, or only the wanted glyphs that no earlier family has; gives the code points it holds."""
    if carried.wanted is None:
        shutil.copyfile(source, HERE / carried.name)
    else:
        _subset(carried, source, carried.wanted - earlier)
    return frozenset(TTFont(HERE / carried.name, lazy=True).getBestCmap())


def _subset(carried: Carried, source: Path, points: frozenset[int]) -> None:
    font = TTFont(source, fontNumber=0, lazy=True)
    subsetter = Subsetter(_options())
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    _rename(font, carried)
    if "CFF " in font:
        font["cmap"].tables = [table for table in font["cmap"].tables if table.format == _ALL_PLANES]
        cffsubr.subroutinize(font)
    font["head"].modified = font["head"].created  # so that the same packages give the same bytes
    font.recalcTimestamp = False
    font.save(HERE / carried.name)


def _options() -> Options:
    """Paper needs no hints, and the page no vertical lines."""
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.layout_features = [
        *("ccmp", "kern", "mark", "mkmk", "liga", "rlig", "calt"),
        *("isol", "init", "medi", "fina"),
    ]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "MATH", "STAT"]
    return options


def _rename(font: TTFont, carried: Carried) -> None:
    """Give a file its family's name here, without spaces in the name that a PDF shows."""
    old = font["name"].getDebugName(1)
    if old == carried.family:
        return
    for record in font["name"].names:
        text = record.toUnicode().replace(old, carried.family)
        if record.nameID == 6:
            text = carried.name.removesuffix(".otf")
        record.string = text
    if "CFF " in font:
        font["CFF "].cff.fontNames = [carried.name.removesuffix(".otf")]


def _table(held: dict[str, frozenset[int]]) -> Iterator[str]:
    before = {family: _united(list(held.values())[:number]) for number, family in enumerate(held)}
    yield "# The sequences that the emoji font draws as one picture, the families in the order in which the page tries"
    yield "# them, and what each one can print in every weight; a run may pass over what an earlier family has."
    yield "# Written by make.py."
    yield "composed = ["
    yield from (f'  "{sequence}",' for sequence in _composed(before["Noto Emoji"]))
    yield "]"
    for family, points in held.items():
        yield ""
        yield "[[families]]"
        yield f'name = "{family}"'
        yield f'points = "{" ".join(_runs(points - before[family], before[family]))}"'


def _runs(points: frozenset[int], between: frozenset[int]) -> Iterator[str]:
    """Write code points as "41-5a 5f": hexadecimal, runs by their ends, undivided by what lies `between`."""
    run: list[int] = []
    for point in sorted(points):
        if run and not between.issuperset(range(run[-1] + 1, point)):
            yield _ends(run)
            run = []
        run.append(point)
    yield _ends(run)


def _ends(run: list[int]) -> str:
    return f"{run[0]:x}" if len(run) == 1 else f"{run[0]:x}-{run[-1]:x}"


def _composed(before_emoji: frozenset[int]) -> list[str]:
    """The sequences of which the emoji font has a picture of its own, without skin tones, which it does not draw.

    A sequence that ends with a sign of an earlier family, as the gender signs do, is not among them: Typst would set
    that sign and lose what stands before it.
    """
    font = TTFont(HERE / "NotoEmoji_600SemiBold.ttf", lazy=True)
    points = {glyph: point for point, glyph in font.getBestCmap().items()}
    found = set()
    for names, picture in _ligatures(font):
        sequence = [points[name] for name in names]
        if not {*_SKIN_TONES} & {*sequence} and picture not in names and sequence[-1] not in before_emoji:
            found.add("".join(map(chr, sequence)))
    return sorted(found)


def _ligatures(font: TTFont) -> Iterator[tuple[list[str], str]]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            if lookup.LookupType == _LIGATURES:
                for first, ligatures in table.ligatures.items():
                    yield from (([first, *ligature.Component], ligature.LigGlyph) for ligature in ligatures)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
