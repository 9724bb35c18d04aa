"""Where the plan was lost, largest first and in words; and what nobody tracked."""

from collections.abc import Iterable, Sequence

from tasks.marts.rows import PlanOutcome, UntrackedGap
from tasks.report.naming import UNTRACKED
from tasks.report.page import Gap, Loss
from tasks.report.timeline import ALARM_SECONDS, DayInWords

LOSSES = 5
GAPS = 4
WORTH_TELLING_SECONDS = 5 * 60
"""A plan kept to within this was kept."""


def losses(told: DayInWords, outcomes: Iterable[PlanOutcome]) -> tuple[Loss, ...]:
    """The events of which the most was lost, the largest loss first."""
    lost = [(each.planned_seconds - each.kept_seconds - each.pending_seconds, each) for each in outcomes]
    worst = sorted(lost, key=lambda one: (-one[0], one[1].start_at, one[1].source_id))[:LOSSES]
    return tuple(_loss(told, each, seconds) for seconds, each in worst if seconds >= WORTH_TELLING_SECONDS)


def _loss(told: DayInWords, outcome: PlanOutcome, lost: int) -> Loss:
    naming, words = told.naming, told.words
    return Loss(
        clock=words.say("span", start=told.clock(outcome.start_at), end=_end(told, outcome)),
        title=naming.title(outcome.title, outcome.category, private=outcome.is_private),
        what=_what(told, outcome),
        why=_why(told, outcome),
        lost=words.difference(-lost),
        color=naming.color(outcome.category),
        alarm=lost >= ALARM_SECONDS,
    )


def _end(told: DayInWords, outcome: PlanOutcome) -> str:
    return "24:00" if outcome.end_at >= told.day.day_end else told.clock(outcome.end_at)


def _what(told: DayInWords, outcome: PlanOutcome) -> str:
    words = told.words
    if outcome.not_done_seconds:
        return words.phrases["lost_not_done"]
    parts = {
        "lost_late": outcome.late_seconds,
        "lost_interrupted": outcome.interrupted_seconds,
        "lost_early": outcome.early_seconds,
    }
    least = max(WORTH_TELLING_SECONDS, max(parts.values()) // 4)
    largest = sorted(parts.values())[-2:]
    told_parts = [
        words.say(phrase, length=words.length(part))
        for phrase, part in parts.items()
        if part >= least and part in largest
    ]
    return words.phrases["lost_and"].join(told_parts) or words.phrases["lost_in_pieces"]


def _why(told: DayInWords, outcome: PlanOutcome) -> str:
    if outcome.displaced_by is None:
        return ""
    if outcome.displaced_by == UNTRACKED:
        return told.words.phrases["displaced_by_nothing"]
    return told.words.say("displaced_by", category=told.naming.label(outcome.displaced_by))


def gaps(told: DayInWords, found: Sequence[UntrackedGap]) -> tuple[tuple[Gap, ...], str | None]:
    """The longest gaps, in the order of time, and what there is beside them."""
    ranked = sorted(found, key=lambda gap: (-gap.seconds, gap.start_at))
    kept = sorted(ranked[:GAPS], key=lambda gap: gap.start_at)
    rest = ranked[GAPS:]
    if not rest:
        return tuple(_gap(told, gap) for gap in kept), None
    length = told.words.length(sum(gap.seconds for gap in rest))
    more = told.words.say("more_gaps", count=len(rest), length=length)
    return tuple(_gap(told, gap) for gap in kept), more


def _gap(told: DayInWords, gap: UntrackedGap) -> Gap:
    words = told.words
    end = "24:00" if gap.end_at >= told.day.day_end else told.clock(gap.end_at)
    label = told.naming.label
    after = None if gap.after_category is None else label(gap.after_category)
    before = None if gap.before_category is None else label(gap.before_category)
    phrase = "gap_between" if after and before else "gap_after" if after else "gap_before" if before else "gap_alone"
    return Gap(
        clock=words.say("span", start=told.clock(gap.start_at), end=end),
        length=words.length(gap.seconds),
        where=words.say(phrase, after=after, before=before),
    )
