"""Words, figures and colours come out printable: rounding, glyph cover, contrast, and two languages that agree."""

import re
import tomllib
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.glyphs import cover
from tasks.report.lettering import (
    PAPER,
    ROOM,
    TEXT_CONTRAST,
    contrast,
    ink_on,
    language,
    printable,
    safe_colour,
    whole_minutes,
)
from tasks.settings import PROJECT_ROOT

TOGGL_PALETTE = (
    *("#0b83d9", "#9e5bd9", "#d94182", "#e36a00", "#bf7000", "#2da608", "#06a893"),
    *("#c9806b", "#465bb3", "#990099", "#c7af14", "#566614", "#d92b2b", "#525266"),
)


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0, "0 min", "0分"),
        (29, "0 min", "0分"),
        (30, "1 min", "1分"),
        (35 * 60, "35 min", "35分"),
        (3600, "1 h 00", "1時間"),
        (7 * 3600 + 45 * 60, "7 h 45", "7時間45分"),
        (3600 + 5 * 60, "1 h 05", "1時間5分"),
        (59 * 60 + 30, "1 h 00", "1時間"),
        (25 * 3600, "25 h 00", "25時間"),
    ],
)
def test_lengths_are_hours_and_minutes(seconds: int, english: str, japanese: str) -> None:
    assert (language("en").length(seconds), language("ja").length(seconds)) == (english, japanese)


def test_differences_carry_a_real_minus_sign() -> None:
    words = language("en")
    assert [words.difference(minutes * 60) for minutes in (-95, -20, 0, 73)] == ["−1 h 35", "−20 min", "±0", "+1 h 13"]


@given(st.integers(0, 90_000), st.integers(0, 1_500))
def test_a_difference_to_whole_planned_minutes_agrees_with_the_printed_lengths(actual: int, planned: int) -> None:
    assert whole_minutes(actual - planned * 60) == whole_minutes(actual) - planned


def test_dates_are_written_as_each_language_writes_them() -> None:
    day = date(2026, 3, 9)
    moment = datetime(2026, 3, 10, 0, 4, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (language("en").title(day), language("en").moment(moment)) == ("Monday, 9 March 2026", "10 Mar 0:04")
    assert (language("ja").title(day), language("ja").moment(moment)) == ("2026年3月9日(月)", "3月10日 0:04")


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Deep work", "Deep work"),
        ("  line\nbreak\tand　wide  ", "line break and wide"),
        ("漢 𠮷野家 髙島 ① ㈱ → − × ÷ ≥", "漢 𠮷野家 髙島 ① ㈱ → − × ÷ ≥"),
        ("か\u3099き", "がき"),
        ('#eval("1+1") *b* $x^2$ <lbl> @ref // c', '#eval("1+1") *b* $x^2$ <lbl> @ref // c'),
        ("🏃‍♀️ Run 🍜 ラーメン 👨‍👩‍👧🇯🇵", "🏃 Run 🍜 ラーメン 👨‍👩‍👧🇯🇵"),
        ("👍🏽 👩🏽‍💻 ☕️ ❤︎ 1️⃣ 🏽", "👍 👩‍💻 ☕ ❤ 1\u20e3"),
        ("🇽🇽 🇯 🏴\U000e0061\U000e007f 🧑‍🎸", "XX J 🏴 🧑"),
        ("🎸", "🎸"),
        ("회의 준비", "회의 준비"),
        ("การประชุม with Kim", "… with Kim"),
        ("การประชุม", ""),
        ("שיחה עם דן", "\u2068שיחה עם דן\u2069"),
        ("神﨑 祥", "神﨑 祥"),
        ("left\u202eright\u2066\u0007\u200b", "leftright"),
        ("𝓯𝓪𝓷𝓬𝔂", "fancy"),
        ("Z" + "\u0300\u0301\u0302\u0303\u0304" * 20 + "!", "Z\u0300\u0301!"),
        ("あ" * 3000, "あ" * 119 + "…"),
    ],
)
def test_titles_become_one_line_that_the_fonts_can_print(title: str, line: str) -> None:
    assert printable(title) == line


@given(st.text(max_size=300))
def test_nothing_that_no_font_holds_survives(title: str) -> None:
    assert {ord(character) for character in printable(title).strip("\u2068\u2069")} <= cover().family_of.keys()


@given(st.text(max_size=300))
def test_a_printable_line_stays_as_it_is(title: str) -> None:
    assert printable(printable(title)) == printable(title)


def test_a_cut_goes_between_pictures() -> None:
    assert printable("👩‍💻" * 99) == "👩‍💻" * 39 + "…"


def test_labels_are_readable_on_every_colour_of_toggl() -> None:
    weak = {colour for colour in TOGGL_PALETTE if contrast(ink_on(colour), colour) < TEXT_CONTRAST}
    assert weak == set()


@given(st.integers(0, 0xFFFFFF))
def test_labels_are_readable_on_any_colour(number: int) -> None:
    colour = f"#{number:06x}"
    assert contrast(ink_on(colour), colour) >= TEXT_CONTRAST


def test_the_pages_own_greys_and_its_alarm_are_readable_on_paper() -> None:
    tokens = (ROOM / "lib" / "tokens.typ").read_text(encoding="utf-8")
    colours = dict(re.findall(r'#let (ink|quiet|alarm) = rgb\("(#\w{6})"\)', tokens))
    assert {name for name, colour in colours.items() if contrast(colour, PAPER) >= TEXT_CONTRAST} == {
        "ink",
        "quiet",
        "alarm",
    }


def test_a_senseless_colour_becomes_grey() -> None:
    assert [safe_colour(colour) for colour in ("#0B83D9", "red", "#fff", None)] == [
        "#0b83d9",
        "#525266",
        "#525266",
        "#525266",
    ]


def _words(code: Literal["ja", "en"]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = tomllib.loads((ROOM / "locale" / f"{code}.toml").read_text(encoding="utf-8"))
    return words


def test_both_languages_say_the_same_things() -> None:
    english, japanese = _words("en"), _words("ja")
    assert {section: set(said) for section, said in english.items() if section != "calendar"} == {
        section: set(said) for section, said in japanese.items() if section != "calendar"
    }
    assert [len(said) for said in english["calendar"].values()] == [7, 12]
    assert [len(said) for said in japanese["calendar"].values()] == [7, 12]


def test_every_word_is_used_somewhere() -> None:
    sources = [*ROOM.rglob("*.typ"), *(PROJECT_ROOT / "tasks" / "report").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # The mart's own words for a day become keys too.
    keys = {key for section in ("page", "phrases") for key in _words("en")[section]} - {"weekday", "holiday"}
    assert {key for key in keys if not _is_used(key, text)} - {"untracked", "uncategorized"} == set()


def _is_used(key: str, text: str) -> bool:
    """Whether it is named somewhere, or all of it but its last word, which tells a week from a month."""
    return re.search(rf"""["'.]({key}\b|{key.rpartition("_")[0]}_\{{)""", text) is not None


@pytest.mark.parametrize("code", ["en", "ja"])
def test_every_word_can_be_printed(code: Literal["ja", "en"]) -> None:
    file = (ROOM / "locale" / f"{code}.toml").read_text(encoding="utf-8")
    literals = "".join(re.findall(r'"(.*?)"', file))
    assert {character for character in literals if ord(character) not in cover().family_of} == set()
