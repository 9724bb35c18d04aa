"""Where the time went: a row a category, its figures as words and as one bar."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from tasks.report import lettering
from tasks.report.lettering import Language
from tasks.report.naming import UNTRACKED
from tasks.report.page import Category, Row, Table
from tasks.report.timeline import ALARM_SECONDS

ROWS = 15
ALARM_SHARE = 0.25
CUT_BAR_AT = 1.6  # a bar this much longer than the next longest is cut instead of squeezing every other one
ROOM_BESIDE_CUT = 1.2


class _Measured(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def actual_seconds(self) -> int: ...
    @property
    def planned_seconds(self) -> int: ...


_Category = TypeVar("_Category", bound=_Measured)


def table(categories: Sequence[Category], words: Language) -> Table:
    """The rows in the categories' own order; of too many, the longest, and the rest as one."""
    kept, rest = with_room(categories)
    rows = [_row(category, words) for category in kept]
    if rest:
        rows.append(_row(_together(rest, words), words))
    return Table(rows=tuple(rows), scale_seconds=scale(rows))


def with_room(categories: Sequence[_Category]) -> tuple[list[_Category], list[_Category]]:
    """The categories that have a row of their own, in their own order, and the others: the longest have."""
    if len(categories) <= ROWS:
        return list(categories), []
    ranked = sorted(categories, key=lambda c: (c.name != UNTRACKED, -max(c.actual_seconds, c.planned_seconds), c.name))
    names = {category.name for category in ranked[: ROWS - 1]}
    kept = [category for category in categories if category.name in names]
    return kept, [category for category in categories if category.name not in names]


def _together(rest: Sequence[Category], words: Language) -> Category:
    return rest[0].model_copy(
        update={
            "name": "",
            "label": words.say("and_more", count=len(rest)),
            "color": lettering.PLAIN_GREY,
            "actual_seconds": sum(category.actual_seconds for category in rest),
            "planned_seconds": sum(category.planned_seconds for category in rest),
            "target_seconds": None,
            "target_direction": None,
            "estimate_seconds": None,
        }
    )


def _row(category: Category, words: Language) -> Row:
    off = category.actual_seconds - category.planned_seconds
    planned = category.planned_seconds > 0
    return Row(
        label=category.label,
        color=category.color,
        untracked=category.name == UNTRACKED,
        actual_seconds=category.actual_seconds,
        planned_seconds=category.planned_seconds,
        target_seconds=category.target_seconds,
        target_direction=category.target_direction,
        usual_seconds=category.estimate_seconds,
        actual=words.length(category.actual_seconds),
        difference=words.difference(off) if planned else "–",
        alarm=planned and abs(off) >= max(ALARM_SECONDS, ALARM_SHARE * category.planned_seconds),
    )


def scale(rows: Iterable[Row]) -> int:
    """The seconds that a full bar stands for; one bar far longer than all others does not set it."""
    reach = (
        max(row.actual_seconds, row.planned_seconds, row.target_seconds or 0, row.usual_seconds or 0) for row in rows
    )
    longest = sorted(reach)[-2:]
    if len(longest) == 2 and 0 < longest[0] * CUT_BAR_AT < longest[1]:
        return int(longest[0] * ROOM_BESIDE_CUT)
    return max([1, *longest])
