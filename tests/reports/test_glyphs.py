"""The carried fonts print what a person may write: no empty box, no lost letter, a picture as a picture."""

import hashlib
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import typst
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader

from tasks.report.glyphs import FONTS, cover, pieces
from tasks.report.lettering import ROOM, printable

SHEET = b"""
#import "lib/tokens.typ": families
#set document(title: "sheet")
#set page(width: 400mm, height: auto, margin: 2mm)
#set text(font: families, fallback: false, lang: "ja", weight: int(sys.inputs.weight))
#for line in json(bytes(sys.inputs.lines)) { par(line) }
"""
WEIGHTS = (400, 600)


def _set(lines: Sequence[str], weight: int) -> bytes:
    """A page with each line as a paragraph; Typst refuses a PDF/UA in which a glyph is missing."""
    inputs = {"lines": json.dumps(lines), "weight": str(weight)}
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    compiler = typst.Compiler(SHEET, root=str(ROOM), font_paths=fonts, sys_inputs=inputs)
    pdf, warnings = compiler.compile_with_warnings(pdf_standards=["ua-1"])
    assert warnings == []
    assert isinstance(pdf, bytes)
    return pdf


def _sheet(lines: Sequence[str], weight: int) -> PageObject:
    return PdfReader(io.BytesIO(_set(lines, weight))).pages[0]


def _glyphs(page: PageObject) -> int:
    """How many glyphs the page sets, two bytes each."""
    contents = page.get_contents()
    assert contents is not None
    shown = [operands[0] for operands, operator in contents.operations if operator in {b"Tj", b"TJ"}]
    strings = [part for operand in shown for part in (operand if isinstance(operand, list) else [operand])]
    return sum(len(part.original_bytes) // 2 for part in strings if hasattr(part, "original_bytes"))


def _jis_x_0213() -> Sequence[str]:
    """Its characters, those of two code points too, by way of Python's codec."""
    rows = range(0xA1, 0xFF)
    codes = [prefix + bytes([row, cell]) for prefix in (b"", b"\x8f") for row in rows for cell in rows]
    return [character for code in codes if (character := code.decode("euc_jis_2004", "ignore"))]


def _families() -> Mapping[str, Sequence[Path]]:
    """The files of each family by the name that they bear."""
    families: dict[str, list[Path]] = {}
    for path in sorted([*FONTS.glob("*.ttf"), *FONTS.glob("*.otf")]):
        families.setdefault(TTFont(path, lazy=True)["name"].getBestFamilyName(), []).append(path)
    return families


def _cmap(path: Path) -> frozenset[int]:
    return frozenset(TTFont(path, lazy=True).getBestCmap())


def test_the_table_of_coverage_says_what_the_fonts_hold() -> None:
    families = _families()
    assert set(families) == set(cover().families)
    known: set[int] = set()
    for number, name in enumerate(cover().families):
        held = frozenset.intersection(*map(_cmap, families[name])) - known
        assert held == {point for point, family in cover().family_of.items() if family == number}
        known |= held


def test_every_character_of_jis_x_0213_is_carried() -> None:
    characters = _jis_x_0213()
    assert len(characters) > 11_000
    assert {point for character in characters for point in map(ord, character)} <= cover().family_of.keys()


def test_every_han_ideograph_and_hangul_syllable_of_common_use_is_carried() -> None:
    carried = cover().family_of.keys()
    assert [len(carried & {*block}) for block in (range(0x4E00, 0xA000), range(0x3400, 0x4DC0))] == [20_976, 6_582]
    assert {*range(0xAC00, 0xD7A4)} <= carried
    assert {ord(character) for code in ("gb2312", "big5", "cp932") for character in _codec(code)} <= carried


def _codec(name: str) -> Iterator[str]:
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            character = bytes([first, second]).decode(name, "ignore")
            yield from (letter for letter in character if unicodedata.name(letter, "").startswith("CJK UNIFIED"))


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_composed_picture_is_one_glyph(weight: int) -> None:
    sequences = sorted(cover().composed)
    assert {"👩‍💻", "👨‍👩‍👧", "❤‍🔥", "🇯🇵", "1\u20e3"} <= {*sequences}
    assert _glyphs(_sheet(sequences, weight)) == len(sequences)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_everything_carried_can_be_set(weight: int) -> None:
    carried = [printable(chr(point)) for point in sorted(cover().family_of)]
    _set(["".join(carried[start : start + 50]) for start in range(0, len(carried), 50)], weight)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize(
    "title",
    [
        "🏃 Run 🍜 ラーメン",
        "👩‍💻 pairing",
        "🇯🇵 Tokyo",
        "鷗外 𠮟る 㐂寿 𩸽 髙﨑",
        "这们 爱国",
        "회의 with Kim",
        "ɕʑ ŋ ⦅ × ⦆ ∘ ☐ ✓",
    ],
)
def test_pictures_and_rare_letters_are_in_the_text_of_the_page(title: str, weight: int) -> None:
    assert _sheet([printable(title)], weight).extract_text() == title


def test_a_letter_is_never_lost_to_its_mark() -> None:
    """Typst sets a mark of an earlier family, and drops the letter under it that only a later one has."""
    titles = ["漢\u0302字", "🏃\u200d♀\ufe0f", "这\u0301", "か\u309a", "aﾞ", "Z\u0300\u0301"]
    lines = [printable(title) for title in titles]
    assert lines == ["漢字", "🏃", "这", "か\u309a", "a", "Z\u0300\u0301"]
    assert [_glyphs(_sheet([line], 400)) for line in lines] == [2, 1, 1, 1, 1, 3]


@given(st.lists(st.text(max_size=60), max_size=20), st.sampled_from(WEIGHTS))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_page_without_an_empty_box(titles: Sequence[str], weight: int) -> None:
    _set([printable(title) for title in titles], weight)


@given(
    st.text(
        st.sampled_from(
            "e漢か👩🏃💻♀❤🔥🏽\u200d\ufe0f\ufe0e\u20e31#🇯🇵🏴\U000e0067\U000e007f\u0301\u0302\u3099ﾞשع\u064b\u202e\u2067 "
        ),
        max_size=60,
    )
)
@settings(deadline=None)
def test_any_heap_of_pictures_and_marks_gives_a_page_without_an_empty_box(title: str) -> None:
    line = printable(title)
    page = _sheet([line], 400)
    assert _glyphs(page) >= len([piece for piece in pieces(line) if unicodedata.category(piece[-1]) != "Mn"])


def test_the_fonts_are_the_pinned_ones() -> None:
    lines = (FONTS / "SHA256SUMS").read_text().splitlines()
    pinned = {name: digest for digest, name in (line.split("  ") for line in lines)}
    present = [path for path in FONTS.iterdir() if path.suffix in {".ttf", ".otf", ".toml", ".txt"}]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in present} == pinned


def test_every_family_comes_with_its_licence() -> None:
    licences = {path.stem.removeprefix("OFL-"): path.read_text(encoding="utf-8") for path in FONTS.glob("OFL-*.txt")}
    names = {
        name.replace("Noto Sans CJK JP", "Noto Sans CJK").replace("Noto Sans CJK Rare", "Noto Sans CJK")
        for name in cover().families
    }
    assert licences.keys() == {name.replace(" ", "") for name in names}
    assert {text.count("SIL OPEN FONT LICENSE Version 1.1") for text in licences.values()} == {1}


def test_the_fonts_stay_small() -> None:
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) <= 12_000_000
