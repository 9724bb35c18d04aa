"""Where the plan was lost, largest first and in words; and what nobody tracked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tasks.marts.rows import PlanOutcome, UntrackedGap
from tasks.report.lettering import Language
from tasks.report.naming import UNTRACKED
from tasks.report.page import Gap, Loss
from tasks.report.table import ALARM_SHARE
from tasks.report.timeline import ALARM_SECONDS, DayInWords

LOSSES = 5
GAPS = 4
DAYS_BY_NAME = 7  # over which no weekday comes twice
WORTH_TELLING_SECONDS = 5 * 60
"""A plan kept to within this was kept."""


def losses(told: DayInWords, outcomes: Iterable[PlanOutcome]) -> tuple[Loss, ...]:
    """The events of which the most was lost, the largest loss first."""
    lost = [(lost_seconds(each), each) for each in outcomes]
    worst = sorted(lost, key=lambda one: (-one[0], one[1].start_at, one[1].source_id))[:LOSSES]
    return tuple(_loss(told, each, seconds) for seconds, each in worst if seconds >= WORTH_TELLING_SECONDS)


def lost_seconds(outcome: PlanOutcome) -> int:
    """How much of an event is over and was not kept."""
    return outcome.planned_seconds - outcome.kept_seconds - outcome.pending_seconds


def repeated_losses(told: Mapping[date, DayInWords], outcomes: Iterable[PlanOutcome], *, most: int) -> tuple[Loss, ...]:
    """Over several days: the events of which the most was lost, those of one title together, the largest loss first."""
    by_title: dict[tuple[str, str], list[PlanOutcome]] = {}
    for each in outcomes:
        title = told[each.day].naming.title(each.title, each.category, private=each.is_private)
        by_title.setdefault((title, each.category), []).append(each)
    groups = [(sum(map(lost_seconds, group)), key, group) for key, group in by_title.items()]
    worst = sorted(groups, key=lambda one: (-one[0], one[1]))[:most]
    return tuple(_together(told, group, lost) for lost, _, group in worst if lost >= WORTH_TELLING_SECONDS)


def _together(told: Mapping[date, DayInWords], group: Sequence[PlanOutcome], lost: int) -> Loss:
    failed = [each for each in group if lost_seconds(each) >= WORTH_TELLING_SECONDS] or list(group)
    worst = max(failed, key=lambda each: (lost_seconds(each), each.day))
    words, one = told[worst.day].words, _loss(told[worst.day], worst, lost)
    days = sorted({each.day for each in failed})
    far = lost >= max(ALARM_SECONDS, ALARM_SHARE * sum(each.planned_seconds for each in group))
    if len(days) == 1:
        day = words.weekday_and_day(days[0])
        return one.model_copy(update={"clock": words.say("on_day", day=day, clock=one.clock), "alarm": far})
    over = {each.day for each in group if each.pending_seconds < each.planned_seconds}
    times = words.say("lost_times", lost=len(days), all=len(over))
    shown = _days_by_name(days, words) if (days[-1] - days[0]).days < DAYS_BY_NAME else ""
    return one.model_copy(update={"clock": shown, "what": times, "why": _mostly(told[worst.day], failed), "alarm": far})


def _days_by_name(days: Sequence[date], words: Language) -> str:
    """Weekdays by name, three and more that follow each other as a span."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said: list[str] = []
    for run in runs:
        ends = {"start": words.weekday(run[0]), "end": words.weekday(run[-1])}
        said += [words.say("span_of_days", **ends)] if len(run) > 2 else [words.weekday(day) for day in run]
    return words.phrases["days_comma"].join(said)


def _mostly(told: DayInWords, failed: Iterable[PlanOutcome]) -> str:
    """What took the most of the time that was lost."""
    taken: dict[str, int] = {}
    for each in failed:
        if each.displaced_by is not None:
            taken[each.displaced_by] = taken.get(each.displaced_by, 0) + each.displaced_seconds
    return _instead(told, max(taken, key=lambda category: (taken[category], category), default=None))


def _loss(told: DayInWords, outcome: PlanOutcome, lost: int) -> Loss:
    naming, words = told.naming, told.words
    return Loss(
        clock=words.say("span", start=told.clock(outcome.start_at), end=_end(told, outcome)),
        title=naming.title(outcome.title, outcome.category, private=outcome.is_private),
        what=_what(told, outcome),
        why=_instead(told, outcome.displaced_by),
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


def _instead(told: DayInWords, category: str | None) -> str:
    if category is None:
        return ""
    if category == UNTRACKED:
        return told.words.phrases["displaced_by_nothing"]
    return told.words.say("displaced_by", category=told.naming.label(category))


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
