"""Which letters, signs and pictures the carried fonts can print, and which of them only as one."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tasks.settings import PROJECT_ROOT

FONTS = PROJECT_ROOT / "reports" / "fonts"

_MARKS_IN_A_ROW = 2
_MARKS = {"Mn", "Mc"}
_SOUND_MARKS = "ﾞﾟ"  # letters by category, but they belong to the letter before them
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Me"}
_PICTORIAL = {"So", "Sk", "Sm", "Sc", "Cn"}
_FLAG_LETTERS = {chr(0x1F1E6 + number): chr(ord("A") + number) for number in range(26)}
_STYLE = "[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"  # variation selectors and skin tones: no font here draws them
_COMPATIBLE = "\uf900-\ufaff\U0002f800-\U0002fa1f"  # ideographs that NFC would replace: a name's own form is kept
_WRITTEN_APART = re.compile(f"[^{_COMPATIBLE}]+")
# Unicode Technical Standard 51, section 1.4: flags, flags with tags, keycaps, pictures joined by U+200D.
_TOKEN = re.compile(
    f"""[\U0001f1e6-\U0001f1ff]{{2}}
    | \U0001f3f4 [\U000e0020-\U000e007f]+
    | [0-9\\#*] {_STYLE}* \u20e3
    | [^\\w\\s] {_STYLE}* (?: \u200d [^\\w\\s] {_STYLE}* )*
    | .""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Cover:
    """The families in the order in which the page tries them, and what comes out of them."""

    families: tuple[str, ...]
    family_of: Mapping[int, int]
    """Of each code point, the number of the first family that has it in every weight."""
    composed: frozenset[str]
    """The sequences that one font draws as one picture."""


@cache
def cover() -> Cover:
    """Read `reports/fonts/coverage.toml`, which takes a sixth of the time of reading the fonts."""
    table = tomllib.loads((FONTS / "coverage.toml").read_text(encoding="utf-8"))
    family_of: dict[int, int] = {}
    for number, family in reversed(list(enumerate(table["families"]))):
        for run in family["points"].split():
            first, _, last = run.partition("-")
            family_of.update(dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), number))
    return Cover(tuple(family["name"] for family in table["families"]), family_of, frozenset(table["composed"]))


def pieces(text: str) -> Iterator[str]:
    """Give what can be printed of `text`, piece by piece, a composed picture in one; white space as " ".

    Letters that no font holds become an ellipsis, since something was said there; a composed picture that no font
    draws becomes its first one, a flag its two letters; signs, pictures and marks that no font holds are dropped.
    """
    base, marks = "", 0
    for token in _TOKEN.findall(_WRITTEN_APART.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)):
        picture = re.sub(_STYLE, "", token)
        if picture in cover().composed:
            base = ""
            yield picture
            continue
        for character in token if token[0] in _FLAG_LETTERS else token[0]:
            if character in _SOUND_MARKS or unicodedata.category(character) in _MARKS:
                marks += 1
                if marks <= _MARKS_IN_A_ROW and _together(base, character):
                    yield character
            elif printed := _printed(character):
                base, marks = printed[-1], 0
                yield printed


def _together(base: str, mark: str) -> bool:
    """Whether one font has both: Typst loses a letter whose mark it finds in another family."""
    family_of = cover().family_of
    return bool(base) and ord(mark) in family_of and family_of[ord(mark)] == family_of.get(ord(base))


def _printed(character: str) -> str:
    family_of = cover().family_of
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category in _INVISIBLE or re.match(_STYLE, character):
        return ""
    if character in _FLAG_LETTERS:
        return _FLAG_LETTERS[character]
    if ord(character) in family_of:
        return character
    plainer = unicodedata.normalize("NFKC", character)
    if plainer != character and all(ord(piece) in family_of for piece in plainer):
        return plainer
    return "" if category in _PICTORIAL else "…"
