"""How far the plan was kept, as the head of every sheet says it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tasks.marts.rows import DailySummary, Day
from tasks.report.lettering import Language, whole_percent
from tasks.report.page import Line, Score, Share


def score(
    adherence: Decimal | None,
    parts: Mapping[str, Decimal | None],
    line: Line,
    remarks: Iterable[str],
    words: Language,
) -> Score:
    """The score in whole per cent, halves rounded up, beside those of its `parts` that are known."""
    return Score(
        value=None if adherence is None else str(whole_percent(float(adherence))),
        parts=tuple(
            Share(label=words.phrases[name], value=words.percent(float(share)), share=float(share))
            for name, share in parts.items()
            if share is not None
        ),
        line=line,
        remark=" · ".join(remarks),
    )


def share_of(adherence: Decimal | None) -> float | None:
    """A share as JSON has it."""
    return None if adherence is None else float(adherence)


def has_begun(day: Day, summary: DailySummary) -> bool:
    """Whether there is anything of a day that its plan could have been kept in."""
    return day.is_ended or summary.tracked_seconds + summary.untracked_seconds > 0
