"""What the sheet of a week or a month says first: its score, its large numbers, its headline, what to know before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from tasks.marts.periods import PeriodSummary
from tasks.report import lettering
from tasks.report.comparison import is_far, kept_events
from tasks.report.freshness import incomplete, zone_in_words
from tasks.report.lettering import printable, whole_percent
from tasks.report.naming import UNTRACKED
from tasks.report.page import Figure, Score, Source
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import PeriodCategory
from tasks.report.score import score as told_score
from tasks.report.score import share_of

RANGE_FROM_PERIODS = 3  # known ones of which the least and the most mean something


def score(told: PeriodInWords) -> Score:
    """How far the plan was kept, beside the period before and the range of the twelve."""
    words, summary = told.words, told.marts.summary
    line = told.past(lambda each: share_of(each.adherence))
    known = [share for share in line if share is not None]
    remarks = []
    if len(line) > 1 and line[-2] is not None:
        remarks.append(words.say(f"before_{told.unit}", percent=words.percent(line[-2])))
    if len(known) >= RANGE_FROM_PERIODS:
        ends = {"least": whole_percent(min(known)), "most": whole_percent(max(known))}
        remarks.append(words.say(f"range_{told.unit}", count=len(known), **ends))
    parts = {"on_time": summary.on_time, "right_length": summary.right_length}
    return told_score(summary.adherence, parts, line, remarks, words)


def figures(told: PeriodInWords) -> tuple[Figure, ...]:
    """Tracked, untracked and planned time of the period, and how long its nights were."""
    words, summary = told.words, told.marts.summary
    return (
        Figure(
            label=words.phrases["tracked"],
            value=words.length(summary.tracked_seconds),
            note=_tracked_share(told, "tracked_of"),
            line=told.past(lambda each: each.tracked_seconds),
        ),
        Figure(
            label=words.phrases["untracked"],
            value=words.length(summary.untracked_seconds),
            note=_most_untracked(told),
            line=told.past(lambda each: each.untracked_seconds),
        ),
        Figure(
            label=words.phrases["planned"],
            value=words.length(summary.planned_seconds),
            note=_plan_in_words(told),
            line=told.past(lambda each: each.planned_seconds),
        ),
        _sleep(told),
    )


def asleep_per_night(summary: PeriodSummary) -> float | None:
    """The mean length of a night in seconds; None without nights."""
    return summary.asleep_seconds / summary.nights if summary.nights else None


def _tracked_share(told: PeriodInWords, phrase: str) -> str:
    summary = told.marts.summary
    accounted = summary.tracked_seconds + summary.untracked_seconds
    share = told.words.percent(summary.tracked_seconds / accounted if accounted else 0)
    return told.words.say(phrase, percent=share, length=told.words.length(summary.tracked_seconds))


def _most_untracked(told: PeriodInWords) -> str:
    words = told.words
    most = max(told.marts.summaries, key=lambda each: (each.untracked_seconds, each.day), default=None)
    if most is None or lettering.whole_minutes(most.untracked_seconds) == 0:
        return words.phrases["gaps_none"]
    day = words.weekday_and_day(most.day)
    return words.say("untracked_most", day=day, length=words.length(most.untracked_seconds))


def _plan_in_words(told: PeriodInWords) -> str:
    words, marts = told.words, told.marts
    count = len({each.source_id for each in marts.outcomes})
    if count == 0:
        return words.page["nothing_planned"]
    said = [words.phrases["planned_one"] if count == 1 else words.say("planned_events", count=count)]
    if lettering.whole_minutes(marts.summary.replanned_seconds) > 0:
        said.append(words.say("planned_changed", length=words.length(marts.summary.replanned_seconds)))
    return " · ".join(said)


def _sleep(told: PeriodInWords) -> Figure:
    words, mean = told.words, asleep_per_night(told.marts.summary)
    nights = [each.asleep_seconds for each in told.marts.sleeps if each.kind == "main"]
    note = words.phrases["nights_one" if len(nights) == 1 else "no_sleep"]
    if len(nights) > 1:
        ends = {"least": words.length(min(nights)), "most": words.length(max(nights))}
        note = words.say("nights_many", count=len(nights), **ends)
    return Figure(
        label=words.phrases["sleep_per_night"],
        value="–" if mean is None else words.length(int(mean + 0.5)),
        note=note,
        line=told.past(asleep_per_night),
    )


def subtitle(told: PeriodInWords) -> str:
    """The days off and the holidays by name."""
    words = told.words
    off = sum(day.day_type == "holiday" for day in told.marts.days)
    said = [words.phrases["one_day_off"] if off == 1 else words.say("days_off", count=off)] if off else []
    for day in told.marts.days:
        name = printable((day.holiday_name_ja if words.code == "ja" else day.holiday_name_en) or "")
        if name:
            said.append(words.say("holidays", day=words.weekday_and_day(day.day), name=name))
    return " · ".join(said)


def headline(told: PeriodInWords, categories: Sequence[PeriodCategory]) -> tuple[str, ...]:
    """Where it fell short of its plan the most, and what was most unusual; phrases end where a line may break."""
    words, summary, unit = told.words, told.marts.summary, told.unit
    tracked = words.length(summary.tracked_seconds)
    if summary.tracked_seconds == 0:
        return words.phrased(f"headline_untracked_{unit}")
    if not told.is_over:
        return words.phrased(f"headline_so_far_{unit}", length=tracked)
    if summary.planned_seconds == 0:
        said = words.phrased(f"headline_no_plan_{unit}", length=tracked)
        return lettering.run_on(said, _unusual(told, categories, None))
    short = _shortest(told, categories)
    said = words.phrased(f"headline_kept_{unit}") if short is None else _short_in_words(told, short)
    return lettering.run_on(said, _unusual(told, categories, short))


def _shortest(told: PeriodInWords, categories: Iterable[PeriodCategory]) -> PeriodCategory | None:
    """The category that fell short of its plan the most, if that is worth a word."""
    far = [
        each for each in categories if is_far(min(0, _off_plan(each)), each.planned_seconds, told.edition)
    ]  # what was spent beyond the plan is the headline's second sentence
    return min(far, key=lambda each: (_off_plan(each), each.name), default=None)


def _off_plan(category: PeriodCategory) -> int:
    return category.actual_seconds - category.planned_seconds


def _short_in_words(told: PeriodInWords, short: PeriodCategory) -> tuple[str, ...]:
    kept, all_events = kept_events(told.marts.outcomes).get(short.name, (0, 0))
    return told.words.phrased(
        "headline_short_events" if all_events else "headline_short",
        category=lettering.cut(short.label, 20),
        length=told.words.length(-_off_plan(short)),
        kept=kept,
        all=all_events,
    )


def _unusual(told: PeriodInWords, categories: Iterable[PeriodCategory], but: PeriodCategory | None) -> tuple[str, ...]:
    """What went farthest beyond its plan or from what is usual, if that is worth a word."""
    found: list[tuple[int, str, PeriodCategory]] = []
    for each in categories:
        if each.name == UNTRACKED or each is but:
            continue
        if each.planned_seconds and is_far(max(0, _off_plan(each)), each.planned_seconds, told.edition):
            found.append((_off_plan(each), "headline_more_plan", each))
        if each.usual_seconds is not None:
            off = each.actual_seconds - each.usual_seconds
            if is_far(off, each.usual_seconds, told.edition):
                found.append((abs(off), "headline_more_usual" if off > 0 else "headline_less_usual", each))
    if not found:
        return ()
    off, phrase, most = max(found, key=lambda one: (one[0], one[2].name))
    return told.words.phrased(phrase, category=lettering.cut(most.label, 20), length=told.words.length(off))


def gist(told: PeriodInWords, headline: Iterable[str]) -> tuple[str, ...]:
    """The score, what was tracked, and the headline."""
    words, adherence = told.words, told.marts.summary.adherence
    said = words.phrases["gist_no_plan"]
    if adherence is not None:
        said = words.say("gist_score", percent=words.percent(float(adherence)))
    return (said, _tracked_share(told, "gist_tracked_of"), "".join(headline))


def notices(told: PeriodInWords, found: Sequence[Source]) -> tuple[str, ...]:
    """What the reader must know before trusting the sheet: what is missing, and where clocks changed."""
    words, marts = told.words, told.marts
    said = []
    if not told.is_over:
        said.append(words.phrases[f"not_over_{told.unit}"])
    elif marts.summary.partial:
        said.append(incomplete(found, words, told.zone))
    if len(marts.days) < (marts.span.last - marts.span.first).days + 1:
        said.append(words.say("days_known", days=len(marts.days)))
    said += [
        words.say("short_day_of", day=words.weekday_and_day(day.day), length=words.length(day.day_seconds))
        for day in marts.days
        if day.day_seconds != int(timedelta(days=1).total_seconds())
    ]
    return tuple(said)


def footer(told: PeriodInWords, days: str, *, demo: bool) -> str:
    """Which days, whose clock, and whether the life is invented."""
    words = told.words
    start = datetime.combine(told.marts.span.first, time(), told.zone)
    return " · ".join([days, zone_in_words(start, told.zone, words), *([words.phrases["demo"]] if demo else [])])
