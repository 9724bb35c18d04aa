"""The days of a month on which the plan was kept best and worst, by name and with what was lost."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias

from tasks.marts.periods import MonthMarts
from tasks.marts.rows import DailySummary
from tasks.report.comparison import kept_events
from tasks.report.losses import WORTH_TELLING_SECONDS, lost_seconds
from tasks.report.naming import Naming
from tasks.report.periods import Standout

Standing: TypeAlias = Literal["best", "worst"]
MOST = 3


def standing(marts: MonthMarts) -> Mapping[date, Standing]:
    """Up to three days of each kind, the best first; where all are equal, or there are none, nothing stands out."""
    over = {day.day for day in marts.days if day.is_ended}
    ranked = sorted(
        (summary for summary in marts.summaries if summary.day in over and summary.adherence is not None), key=_rank
    )
    count = min(MOST, len(ranked) // 2)
    best = ranked[:count]
    worst = [summary for summary in ranked[len(ranked) - count :][::-1] if summary.adherence != best[-1].adherence]
    if not worst:
        return {}
    kinds: dict[date, Standing] = {summary.day: "best" for summary in best}
    return kinds | {summary.day: "worst" for summary in worst}


def _rank(summary: DailySummary) -> tuple[float, int, date]:
    """From the best to the worst; of equals the one that had more planned."""
    return -float(summary.adherence or 0), -summary.planned_seconds, summary.day


def standouts(marts: MonthMarts, standing: Mapping[date, Standing], naming: Naming) -> tuple[Standout, ...]:
    """These days with what became of their plans."""
    words = naming.words
    by_day = {summary.day: summary for summary in marts.summaries}
    return tuple(
        Standout(
            day=words.weekday_and_day(day),
            adherence=words.percent(float(by_day[day].adherence or 0)),
            remark=_remark(day, marts, naming),
            best=kind == "best",
        )
        for day, kind in standing.items()
    )


def _remark(day: date, marts: MonthMarts, naming: Naming) -> str:
    words = naming.words
    outcomes = [each for each in marts.outcomes if each.day == day]
    counted: Sequence[tuple[int, int]] = list(kept_events(outcomes).values())
    said = [words.say("events_kept", kept=sum(one[0] for one in counted), all=sum(one[1] for one in counted))]
    lost: dict[str, int] = {}
    for each in outcomes:
        lost[each.category] = lost.get(each.category, 0) + lost_seconds(each)
    most = max(lost, key=lambda category: (lost[category], category), default=None)
    if most is not None and lost[most] >= WORTH_TELLING_SECONDS:
        said.append(words.say("most_lost", category=naming.label(most), length=words.difference(-lost[most])))
    return " · ".join(said)
