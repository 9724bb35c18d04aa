"""How the page calls what the marts name: categories by label and colour, titles, and private things by neither."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.marts.rows import ShownCategory
from tasks.report.lettering import Language, printable, safe_colour

UNTRACKED = "Untracked"
UNCATEGORIZED = "Uncategorized"


@dataclass(frozen=True)
class Naming:
    """The categories as the user shows them, in the page's language."""

    shown: Mapping[str, ShownCategory]
    words: Language

    def label(self, category: str) -> str:
        """The category's name as one printable line, never empty."""
        if category in {UNTRACKED, UNCATEGORIZED}:
            return self.words.phrases[category.lower()]
        shown = self.shown.get(category)
        name = "" if shown is None else shown.name_ja if self.words.code == "ja" else shown.name_en
        return printable(name) or printable(category) or self.words.phrases["unnamed"]

    def color(self, category: str) -> str:
        """The category's colour, #rrggbb."""
        shown = self.shown.get(category)
        return safe_colour(None if shown is None else shown.color)

    def title(self, title: str | None, category: str, *, private: bool) -> str:
        """The title as one printable line; the category's label for what has none and for all that is private."""
        return ("" if private else printable(title or "")) or self.label(category)
