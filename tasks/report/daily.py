"""Marts become a `Report`: every figure, word and colour of one day's page."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.marts.rows import DailySummary, DayNote
from tasks.report import lettering
from tasks.report.files import release
from tasks.report.freshness import incomplete, sources, zone_in_words
from tasks.report.heat import heat, last_days
from tasks.report.lettering import Language, columns, printable
from tasks.report.losses import gaps, losses
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.next_day import advice, next_day
from tasks.report.page import Category, Figure, Loss, Report, Score, Source
from tasks.report.score import score, share_of
from tasks.report.table import table
from tasks.report.timeline import ALARM_SECONDS, DayInWords, timeline

NOTES_COLUMNS = 100  # what fits on the line of all-day notes, a Japanese letter being two
AVERAGES_FROM_DAYS = 7  # planned days of which an average means something


def build_report(
    marts: DayMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> Report:
    """Turn one day's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    naming = Naming(marts.shown, words)
    told = DayInWords(marts.day, zone, naming)
    day, local = marts.summary, generated_at.astimezone(zone)
    categories = _categories(marts, naming)
    found = sources(marts.sources, until=marts.day.day_end, generated_at=generated_at, words=words, zone=zone)
    lost = losses(told, marts.outcomes)
    headline = _headline(marts, lost, categories, words)
    longest_gaps, more_gaps = gaps(told, marts.gaps)
    return Report(
        date=day.day,
        timezone=zone.key,
        locale=locale,
        partial=day.partial,
        demo=demo,
        generated_at=local,
        generated=words.say("generated", moment=words.moment(local)),
        release=release(),
        title=words.title(day.day),
        subtitle=_subtitle(marts, words),
        headline=headline,
        notices=_notices(marts, found, words, zone, generated_at),
        gist=_gist(marts, headline, words),
        score=_score(marts, words),
        figures=_figures(marts, told),
        sources=found,
        footer=_footer(marts, zone, words, demo=demo),
        day_seconds=day.day_seconds,
        tracked_seconds=day.tracked_seconds,
        untracked_seconds=day.untracked_seconds,
        planned_seconds=day.planned_seconds,
        replanned_seconds=day.replanned_seconds,
        plan_basis=day.plan_basis,
        adherence=share_of(day.adherence),
        notes=_notes(marts.notes, naming),
        categories=categories,
        table=table(categories, words),
        timeline=timeline(told, marts.timeline, marts.ledger, marts.outcomes),
        losses=lost,
        gaps=longest_gaps,
        more_gaps=more_gaps,
        advice=advice(marts.advice, naming),
        heat=heat(marts, naming),
        next_day=next_day(marts, naming, zone),
    )


def _subtitle(marts: DayMarts, words: Language) -> str:
    holiday = marts.day.holiday_name_ja if words.code == "ja" else marts.day.holiday_name_en
    kind = words.phrases.get(marts.summary.day_type, printable(marts.summary.day_type))
    return " · ".join(part for part in (kind, printable(holiday or "")) if part)


def _categories(marts: DayMarts, naming: Naming) -> tuple[Category, ...]:
    figures = [name for name in Category.model_fields if name.endswith("_seconds")] + ["target_direction", "achieved"]
    return tuple(
        Category(
            name=row.category,
            label=naming.label(row.category),
            color=naming.color(row.category),
            **{figure: getattr(row, figure) for figure in figures},
        )
        for row in marts.categories
    )


def _headline(
    marts: DayMarts, lost: Sequence[Loss], categories: Iterable[Category], words: Language
) -> tuple[str, ...]:
    """The worst loss and what took the most beyond its plan; phrases end where a line may break."""
    day = marts.summary
    if day.tracked_seconds == 0:
        said = words.phrased("headline_untracked")
    elif day.planned_seconds == 0:
        said = words.phrased("headline_no_plan", length=words.length(day.tracked_seconds))
    elif not lost:
        said = words.phrased("headline_kept")
    else:
        worst = lost[0]
        phrase = "headline_lost_why" if worst.why else "headline_lost"
        title = lettering.cut(worst.title, 24)
        said = words.phrased(phrase, title=title, clock=worst.clock, what=worst.what, why=worst.why)
    over = _most_over(categories)
    if day.planned_seconds == 0 or over is None:
        return said
    beyond = words.length(over.actual_seconds - over.planned_seconds)
    more = words.phrased("headline_over", category=lettering.cut(over.label, 20), length=beyond)
    return lettering.run_on(said, more)


def _most_over(categories: Iterable[Category]) -> Category | None:
    """The category that took the most beyond its plan, if that is worth a word."""
    over = [category for category in categories if category.name != UNTRACKED]
    most = max(over, key=lambda each: (each.actual_seconds - each.planned_seconds, each.name), default=None)
    if most is None or most.actual_seconds - most.planned_seconds < ALARM_SECONDS:
        return None
    return most


def _gist(marts: DayMarts, headline: Iterable[str], words: Language) -> tuple[str, ...]:
    """The score, what was tracked, and the headline."""
    day = marts.summary
    score = words.phrases["gist_no_plan"]
    if day.adherence is not None:
        score = words.say("gist_score", percent=words.percent(float(day.adherence)))
    share = words.percent(day.tracked_seconds / day.day_seconds if day.day_seconds else 0)
    tracked = words.say("gist_tracked", length=words.length(day.tracked_seconds), percent=share)
    return (score, tracked, "".join(headline))


def _score(marts: DayMarts, words: Language) -> Score:
    day = marts.summary
    by_day = {trend.day: trend for trend in marts.trend}
    today = by_day.get(day.day)
    parts = {} if today is None else {"on_time": today.on_time, "right_length": today.right_length}
    averages = []
    if today is not None and today.planned_days_28 >= AVERAGES_FROM_DAYS:
        averages = [("average_7", today.adherence_7), ("average_28", today.adherence_28)]
    return score(
        day.adherence,
        parts,
        tuple(share_of(each.adherence) if each else None for each in map(by_day.get, last_days(day.day))),
        (words.say(phrase, percent=words.percent(float(share))) for phrase, share in averages if share is not None),
        words,
    )


def _figures(marts: DayMarts, told: DayInWords) -> tuple[Figure, ...]:
    day, words = marts.summary, told.words
    by_day = {summary.day: summary for summary in marts.summaries}
    days = last_days(day.day)
    known = [by_day.get(past) for past in days]
    share = words.say("tracked_note", percent=words.percent(day.tracked_seconds / day.day_seconds))
    timed = sum(category.raw_seconds for category in marts.categories if category.category != UNTRACKED)
    beside = timed - day.tracked_seconds
    in_parallel = words.say("in_parallel", length=words.length(beside)) if lettering.whole_minutes(beside) > 0 else ""
    return (
        Figure(
            label=words.phrases["tracked"],
            value=words.length(day.tracked_seconds),
            note=" · ".join(note for note in (share, in_parallel) if note),
            line=tuple(None if each is None else each.tracked_seconds for each in known),
        ),
        Figure(
            label=words.phrases["untracked"],
            value=words.length(day.untracked_seconds),
            note=_gaps_in_words(marts, words),
            line=tuple(None if each is None else each.untracked_seconds for each in known),
        ),
        Figure(
            label=words.phrases["planned"],
            value=words.length(day.planned_seconds),
            note=_plan_in_words(day, words),
            line=tuple(None if each is None else each.planned_seconds for each in known),
        ),
        _sleep(marts, told),
    )


def _sleep(marts: DayMarts, told: DayInWords) -> Figure:
    """The sleeps that ended on this day: how long, from when to when, and what it was in the four weeks."""
    words = told.words
    asleep: dict[object, int] = {}
    for each in marts.sleeps:
        asleep[each.day] = asleep.get(each.day, 0) + each.asleep_seconds
    tonight = [each for each in marts.sleeps if each.day == marts.day.day]
    notes = []
    for each in sorted(tonight, key=lambda each: each.kind):
        span = words.say("span", start=told.clock(each.bed_at), end=told.clock(each.wake_at))
        notes.append(span if each.kind == "main" else words.say("nap", span=span))
        if each.kind == "main" and each.interruptions:
            notes.append(words.say("interrupted_times", count=each.interruptions))
    return Figure(
        label=words.phrases["sleep"],
        value=words.length(asleep[marts.day.day]) if tonight else "–",
        note=" · ".join(notes) or words.phrases["no_sleep"],
        line=tuple(asleep.get(day) for day in last_days(marts.day.day)),
    )


def _gaps_in_words(marts: DayMarts, words: Language) -> str:
    if len(marts.gaps) < 2:
        return words.phrases["gaps_one" if marts.gaps else "gaps_none"]
    longest = max(gap.seconds for gap in marts.gaps)
    return words.say("gaps_many", count=len(marts.gaps), longest=words.length(longest))


def _plan_in_words(day: DailySummary, words: Language) -> str:
    if day.plan_basis == "frozen" and lettering.whole_minutes(day.replanned_seconds) > 0:
        return words.say("plan_changed", length=words.length(day.replanned_seconds))
    if day.planned_seconds == 0:
        return ""
    return words.phrases["plan_unchanged" if day.plan_basis == "frozen" else "plan_current"]


def _notes(notes: Iterable[DayNote], naming: Naming) -> str | None:
    words = naming.words
    titles = [
        naming.title(note.title or words.phrases["unnamed"], note.category, private=note.is_private) for note in notes
    ]
    if not titles:
        return None
    reach = list(accumulate(columns(title) for title in titles))
    shown = [title for title, end in zip(titles, reach, strict=True) if end <= NOTES_COLUMNS] or titles[:1]
    if len(titles) > len(shown):
        shown.append(words.say("and_more", count=len(titles) - len(shown)))
    return words.say("all_day", notes=words.phrases["list_comma"].join(shown))


def _notices(
    marts: DayMarts, found: Sequence[Source], words: Language, zone: ZoneInfo, generated_at: datetime
) -> tuple[str, ...]:
    if not marts.summary.partial:
        return ()
    over = generated_at >= marts.day.day_end
    return (incomplete(found, words, zone) if over else words.phrases["not_over"],)


def _footer(marts: DayMarts, zone: ZoneInfo, words: Language, *, demo: bool) -> str:
    day = marts.day.day
    changed = marts.day.day_seconds != int(timedelta(days=1).total_seconds())
    parts = [
        words.say("week_and_day", week=day.isocalendar().week, number=day.timetuple().tm_yday),
        zone_in_words(marts.day.day_start, zone, words),
        *([words.say("short_day", length=words.length(marts.day.day_seconds))] if changed else []),
        *([words.phrases["demo"]] if demo else []),
    ]
    return " · ".join(parts)
