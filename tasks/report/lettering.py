"""How words, figures and colours become something the page can print: language, glyph cover, contrast."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Literal

from tasks.report.glyphs import pieces
from tasks.settings import PROJECT_ROOT

ROOM = PROJECT_ROOT / "reports"

INK = "#16181d"
BLACK = "#000000"
PAPER = "#ffffff"
PLAIN_GREY = "#525266"
TEXT_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of this size

_LONGEST_TEXT = 120
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE = "\u2068{}\u2069"  # so that figures beside a right-to-left title keep their order
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Language:
    """One language's words, and how it writes dates, clock times and lengths."""

    code: Literal["ja", "en"]
    page: dict[str, str]
    phrases: dict[str, str]
    names: dict[str, str]
    message: dict[str, str]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]

    def say(self, phrase: str, **values: object) -> str:
        """Fill the pattern `phrase` of the language's file with `values`."""
        return self.phrases[phrase].format(**values)

    def phrased(self, phrase: str, **values: object) -> tuple[str, ...]:
        """Fill the pattern `phrase` with `values`; gives it in pieces, between which alone a line may break."""
        return tuple(piece.format(**values) for piece in self.phrases[phrase].split("|"))

    def length(self, seconds: int) -> str:
        """Write a length in hours and minutes, half minutes rounded up: "7 h 45", 「7時間45分」."""
        hours, minutes = divmod(whole_minutes(seconds), 60)
        phrase = "minutes" if hours == 0 else "hours" if minutes else "full_hours"
        return self.say(phrase, hours=hours, minutes=minutes)

    def difference(self, seconds: int) -> str:
        """Write a length with its sign, a real minus sign; "±0" when it rounds to nothing."""
        minutes = whole_minutes(seconds)
        if minutes == 0:
            return "±0"
        return ("+" if minutes > 0 else "−") + self.length(abs(minutes) * 60)

    def percent(self, share: float) -> str:
        """Write a share of one in whole per cent, halves rounded up."""
        return self.say("percent", value=whole_percent(share))

    def title(self, day: date) -> str:
        """Write a date in full, with its weekday."""
        return self.say("title", **self._parts(day))

    def short_title(self, day: date) -> str:
        """Write a date without its year, with its weekday cut short."""
        return self.say("short_title", **self._parts(day))

    def short_date(self, day: date) -> str:
        """Write day and month as short as the language does."""
        return self.say("short_date", **self._parts(day))

    def weekday_and_day(self, day: date) -> str:
        """Write weekday and day of the month, for a list whose month is known."""
        return self.say("weekday_and_day", **self._parts(day))

    def weekday(self, day: date) -> str:
        """Write the weekday cut short."""
        return self.weekdays[day.weekday()][:3]

    def week_title(self, monday: date) -> str:
        """Write a week by its number in ISO 8601 and its first and last day, the year's and month's names once."""
        last = monday + timedelta(days=6)
        across = "years" if last.year != monday.year else "months" if last.month != monday.month else "days"
        ends = {f"last_{name}": value for name, value in self._parts(last).items()}
        week = {"week": monday.isocalendar().week, "week_year": monday.isocalendar().year}
        return self.say(f"week_across_{across}", **self._parts(monday), **ends, **week)

    def month_title(self, first: date) -> str:
        """Write a month with its year."""
        return self.say("month_title", **self._parts(first))

    def month_mark(self, first: date) -> str:
        """Write a month as short as it stands on an axis of months."""
        return self.say("month_mark", **self._parts(first))

    def clock(self, moment: datetime) -> str:
        """Write the wall clock of an aware moment in its own zone, 24 hours."""
        return self.say("clock", hour=moment.hour, minute=moment.minute)

    def moment(self, moment: datetime) -> str:
        """Write day and wall clock of an aware moment in its own zone."""
        return self.say("moment", clock=self.clock(moment), **self._parts(moment))

    def _parts(self, day: date) -> dict[str, object]:
        month = self.months[day.month - 1]
        return {
            "year": day.year,
            "month": month,
            "short_month": month[:3],
            "initial": month[0],
            "month_number": day.month,
            "day": day.day,
            "weekday": self.weekdays[day.weekday()],
            "short_weekday": self.weekday(day),
        }


@cache
def language(code: Literal["ja", "en"]) -> Language:
    """Read the words of one language from `locale/<code>.toml`."""
    words = tomllib.loads((ROOM / "locale" / f"{code}.toml").read_text(encoding="utf-8"))
    calendar = words["calendar"]
    return Language(
        code,
        words["page"],
        words["phrases"],
        words["names"],
        words["message"],
        tuple(calendar["weekdays"]),
        tuple(calendar["months"]),
    )


def whole_minutes(seconds: int) -> int:
    """Round to minutes, half a minute up, so that adding whole minutes and rounding can change places."""
    return (seconds + 30) // 60


def run_on(said: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Phrases that go on with others; a line may break between them only if the others begin with an empty one."""
    return (*said[:-1], said[-1] + more[0], *more[1:]) if more else said


def whole_percent(share: float) -> int:
    """A share of one in whole per cent, halves rounded up."""
    return int(share * 100 + 0.5)


def printable(text: str) -> str:
    """Give `text` as one short line that the carried fonts can print, or "" when nothing of it can be.

    Its own control and direction characters are dropped; a line with right-to-left letters comes isolated.
    """
    line = re.sub(r"…(\s*…)+", "…", " ".join("".join(pieces(text[: 4 * _LONGEST_TEXT])).split()))
    if "…" in line and not any(unicodedata.category(character)[0] in "LNS" for character in line):
        return ""
    line = line if len(line) <= _LONGEST_TEXT else _cut(line)
    rightward = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line)
    return _ISOLATE.format(line) if rightward else line


def _cut(line: str) -> str:
    """As many whole pieces as there is room for, and an ellipsis."""
    kept = list(pieces(line))
    ends = accumulate(map(len, kept))
    return "".join(piece for piece, end in zip(kept, ends, strict=True) if end < _LONGEST_TEXT).rstrip() + "…"


def cut(text: str, most: int) -> str:
    """Cut `text` to at most so many `columns`, with an ellipsis for what is lost."""
    if columns(text) <= most:
        return text
    kept = ""
    for character in text:
        if columns(kept + character) >= most:
            break
        kept += character
    return kept.rstrip() + "…"


def columns(text: str) -> int:
    """About how wide `text` is, in Latin letters: a Japanese letter counts two."""
    return sum(2 if unicodedata.east_asian_width(character) in "FW" else 1 for character in text)


def safe_colour(colour: str | None) -> str:
    """Give a `#rrggbb` colour as it stands, and a plain grey for anything else."""
    return colour.lower() if colour and _COLOUR.fullmatch(colour) else PLAIN_GREY


def ink_on(colour: str) -> str:
    """Choose the text colour for a block of `colour` (`#rrggbb`): white or ink, black where both are too weak."""
    best = max((PAPER, INK), key=lambda ink: contrast(ink, colour))
    return best if contrast(best, colour) >= TEXT_CONTRAST else BLACK


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
