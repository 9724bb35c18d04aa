"""Where the time of a week or a month went: a row a category, held against plan, targets and the periods before."""

from collections.abc import Iterable, Mapping, Sequence

from tasks.marts.periods import PeriodMarts
from tasks.marts.rows import Direction, PlanOutcome
from tasks.report import lettering
from tasks.report.lettering import Language
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.page import Edition, Line
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import ComparedRow, ComparedTable, PeriodCategory
from tasks.report.table import ALARM_SHARE, scale, with_room

ALARM_SECONDS: Mapping[Edition, int] = {"weekly": 3600, "monthly": 3 * 3600}
"""From this much on a period's deviation is pointed at, if it is a quarter of the plan, too."""
KEPT_SHARE = 0.5  # of an event that counts as kept


def categories(marts: PeriodMarts, naming: Naming) -> tuple[PeriodCategory, ...]:
    """The categories of the period, in the user's order."""
    directions = _directions(marts)
    figures = [name for name in PeriodCategory.model_fields if name.endswith(("_seconds", "_days"))]
    return tuple(
        PeriodCategory(
            name=row.category,
            label=naming.label(row.category),
            color=naming.color(row.category),
            target_direction=directions.get(row.category),
            **{figure: getattr(row, figure) for figure in figures},
        )
        for row in marts.categories
    )


def _directions(marts: PeriodMarts) -> Mapping[str, Direction]:
    """Which way each target points, as it last did."""
    ordered = sorted(marts.figures, key=lambda row: row.day)
    return {row.category: row.target_direction for row in ordered if row.target_direction is not None}


def kept_events(outcomes: Iterable[PlanOutcome]) -> Mapping[str, tuple[int, int]]:
    """By category: how many events were kept for at least half of what is over of them, of how many."""
    events: dict[tuple[str, str], list[int]] = {}
    for each in outcomes:
        sums = events.setdefault((each.category, each.source_id), [0, 0])
        sums[0] += each.kept_seconds
        sums[1] += each.planned_seconds - each.pending_seconds
    counted: dict[str, tuple[int, int]] = {}
    for (category, _), (kept, over) in events.items():
        if over > 0:
            before, count = counted.get(category, (0, 0))
            counted[category] = (before + (kept >= KEPT_SHARE * over), count + 1)
    return counted


def comparison(told: PeriodInWords, figures: Sequence[PeriodCategory]) -> ComparedTable:
    """The rows in the user's order; of too many, the longest, and the rest as one."""
    words, marts = told.words, told.marts
    events = kept_events(marts.outcomes)
    streaks = {row.category: words.say("streak", now=row.streak_days, best=row.best_days) for row in marts.streaks}
    kept, rest = with_room(figures)
    rows = [
        _row(told, each, _line(marts, [each]), _fraction(*events.get(each.name, (0, 0)), words)).model_copy(
            update={
                "met": _fraction(each.achieved_days, each.judged_days, words),
                "streak": streaks.get(each.name, "") if each.judged_days else "",
            }
        )
        for each in kept
    ]
    if rest:
        together = _together(rest, words)
        of_rest = [events.get(each.name, (0, 0)) for each in rest]
        fraction = _fraction(sum(one[0] for one in of_rest), sum(one[1] for one in of_rest), words)
        rows.append(_row(told, together, _line(marts, rest), fraction))
    known = any(each.usual_seconds is not None for each in figures)
    remark = words.page["legend"] if known else words.phrases[f"no_usual_{told.unit}"]
    return ComparedTable(rows=tuple(rows), scale_seconds=scale(rows), remark=remark)


def _fraction(some: int, of_all: int, words: Language) -> str:
    return words.say("kept_of", kept=some, all=of_all) if of_all else ""


def _line(marts: PeriodMarts, figures: Iterable[PeriodCategory]) -> Line:
    """The actual seconds of these categories together in the twelve periods; null before anything was tracked."""
    histories = [marts.history.get(each.name, {}) for each in figures]
    return tuple(
        sum(history[start].actual_seconds for history in histories if start in history)
        if start in marts.past and marts.past[start].tracked_seconds > 0
        else None
        for start in marts.starts
    )


def _together(rest: Sequence[PeriodCategory], words: Language) -> PeriodCategory:
    usual = [each.usual_seconds for each in rest if each.usual_seconds is not None]
    return rest[0].model_copy(
        update={
            "name": "",
            "label": words.say("and_more", count=len(rest)),
            "color": lettering.PLAIN_GREY,
            "actual_seconds": sum(each.actual_seconds for each in rest),
            "planned_seconds": sum(each.planned_seconds for each in rest),
            "target_seconds": None,
            "target_direction": None,
            "usual_seconds": sum(usual) if usual else None,
        }
    )


def _row(told: PeriodInWords, category: PeriodCategory, line: Line, kept: str) -> ComparedRow:
    words = told.words
    off, planned = category.actual_seconds - category.planned_seconds, category.planned_seconds > 0
    usual = category.usual_seconds
    from_usual = None if usual is None else category.actual_seconds - usual
    return ComparedRow(
        label=category.label,
        color=category.color,
        untracked=category.name == UNTRACKED,
        actual_seconds=category.actual_seconds,
        planned_seconds=category.planned_seconds,
        target_seconds=category.target_seconds,
        target_direction=category.target_direction,
        usual_seconds=usual,
        actual=words.length(category.actual_seconds),
        difference=words.difference(off) if planned else "–",
        alarm=planned and _is_pointed_at(told, off, category.planned_seconds),
        kept=kept,
        from_usual="–" if from_usual is None else words.difference(from_usual),
        unusual=from_usual is not None and usual is not None and _is_pointed_at(told, from_usual, usual),
        line=line,
        met="",
        streak="",
    )


def _is_pointed_at(told: PeriodInWords, off: int, from_: int) -> bool:
    """Whether a difference is far; before the end, what is missing may still come."""
    return (off > 0 or told.is_over) and is_far(off, from_, told.edition)


def is_far(off: int, from_: int, edition: Edition) -> bool:
    """Whether a difference is worth pointing at: large in itself, and a quarter of what it differs from."""
    return abs(off) >= max(ALARM_SECONDS[edition], ALARM_SHARE * from_)
