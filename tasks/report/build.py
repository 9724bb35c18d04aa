"""Marts become a `Report`: every figure, word and colour of one day's page."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.marts.rows import DailySummary, Day, DayNote, TimelineStretch
from tasks.report import lettering
from tasks.report.files import release
from tasks.report.lettering import Language, columns, ink_on, printable, safe_colour
from tasks.report.page import Block, Category, Figure, Report, Row, Source, hour_ticks, side_by_side

UNTRACKED = "Untracked"
UNCATEGORIZED = "Uncategorized"

ROWS_IN_TABLE = 16
NOTES_COLUMNS = 110  # what fits on the line of all-day notes, a Japanese letter being two
ALARM_SECONDS = 20 * 60
ALARM_SHARE = 0.25
CUT_BAR_AT = 1.6  # a bar this much longer than the next longest is cut instead of squeezing every other one
ROOM_BESIDE_CUT = 1.2


def build_report(
    marts: DayMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> Report:
    """Turn one day's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    day = marts.summary
    local = generated_at.astimezone(zone)
    sources = _sources(marts, words, zone)
    blocks = _blocks(marts, words, zone)
    categories = _categories(marts, words)
    table = _table(categories, words)
    holiday = marts.day.holiday_name_ja if locale == "ja" else marts.day.holiday_name_en
    kind = words.phrases.get(day.day_type, printable(day.day_type))
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
        subtitle=" · ".join(part for part in (kind, printable(holiday or "")) if part),
        notice=_notice(marts, sources, words, zone, generated_at),
        day_seconds=day.day_seconds,
        tracked_seconds=day.tracked_seconds,
        untracked_seconds=day.untracked_seconds,
        planned_seconds=day.planned_seconds,
        replanned_seconds=day.replanned_seconds,
        plan_basis=day.plan_basis,
        adherence=None if day.adherence is None else float(day.adherence),
        score=None if day.adherence is None else str(int(float(day.adherence) * 100 + 0.5)),
        gist=_gist(marts, categories, words),
        figures=_figures(marts, words),
        notes=_notes(marts.notes, words),
        categories=categories,
        table=table,
        table_scale_seconds=_scale(table),
        ticks=hour_ticks(marts.day.day_start, marts.day.day_end, zone),
        blocks=blocks,
        timeline_alt=_in_words(blocks, words),
        sources=sources,
        zone=" · ".join([_zone_in_words(marts.day, words, zone), *([words.phrases["demo"]] if demo else [])]),
    )


def _categories(marts: DayMarts, words: Language) -> tuple[Category, ...]:
    figures = [name for name in Category.model_fields if name.endswith("_seconds")] + ["target_direction", "achieved"]
    return tuple(
        Category(
            name=row.category,
            label=_label(row.category, marts, words),
            color=_color(row.category, marts),
            **{figure: getattr(row, figure) for figure in figures},
        )
        for row in marts.categories
    )


def _label(category: str, marts: DayMarts, words: Language) -> str:
    if category in {UNTRACKED, UNCATEGORIZED}:
        return words.phrases[category.lower()]
    shown = marts.shown.get(category)
    name = "" if shown is None else shown.name_ja if words.code == "ja" else shown.name_en
    return printable(name) or printable(category) or words.phrases["unnamed"]


def _color(category: str, marts: DayMarts) -> str:
    shown = marts.shown.get(category)
    return safe_colour(None if shown is None else shown.color)


def _table(categories: Sequence[Category], words: Language) -> tuple[Row, ...]:
    """The rows in the categories' own order; of too many, the longest, and the rest as one."""
    kept = list(categories)
    if len(categories) > ROWS_IN_TABLE:
        ranked = sorted(
            categories, key=lambda c: (c.name != UNTRACKED, -max(c.actual_seconds, c.planned_seconds), c.name)
        )
        names = {category.name for category in ranked[: ROWS_IN_TABLE - 1]}
        kept = [category for category in categories if category.name in names]
    rows = [_row(category, words) for category in kept]
    if rest := [category for category in categories if category not in kept]:
        together = rest[0].model_copy(
            update={
                "name": "",
                "label": words.say("and_more", count=len(rest)),
                "color": lettering.PLAIN_GREY,
                "actual_seconds": sum(category.actual_seconds for category in rest),
                "planned_seconds": sum(category.planned_seconds for category in rest),
                "target_seconds": None,
            }
        )
        rows.append(_row(together, words))
    return tuple(rows)


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
        actual=words.length(category.actual_seconds),
        planned=words.length(category.planned_seconds) if planned else "–",
        difference=words.difference(off) if planned else "–",
        alarm=planned and abs(off) >= max(ALARM_SECONDS, ALARM_SHARE * category.planned_seconds),
    )


def _scale(table: Iterable[Row]) -> int:
    """The seconds that a full bar stands for; one bar far longer than all others does not set it."""
    longest = sorted(max(row.actual_seconds, row.planned_seconds, row.target_seconds or 0) for row in table)[-2:]
    if len(longest) == 2 and 0 < longest[0] * CUT_BAR_AT < longest[1]:
        return int(longest[0] * ROOM_BESIDE_CUT)
    return max([1, *longest])


def _blocks(marts: DayMarts, words: Language, zone: ZoneInfo) -> tuple[Block, ...]:
    actual = [_block(stretch, marts, words, zone) for stretch in marts.timeline if stretch.lane == "actual"]
    plan = [_block(stretch, marts, words, zone) for stretch in marts.timeline if stretch.lane == "plan"]
    return (*side_by_side(plan), *side_by_side(actual))


def _block(stretch: TimelineStretch, marts: DayMarts, words: Language, zone: ZoneInfo) -> Block:
    day = marts.day
    start, end = max(stretch.start_at, day.day_start), min(stretch.end_at, day.day_end)
    length = words.length(_seconds(end - start))
    label = _label(stretch.category, marts, words)
    untracked = stretch.category == UNTRACKED
    title = printable(stretch.title or "") or label
    color = _color(stretch.category, marts)
    return Block(
        lane=stretch.lane,
        start_seconds=_seconds(start - day.day_start),
        end_seconds=_seconds(end - day.day_start),
        clock=words.clock(start.astimezone(zone)),
        title=words.say("untracked_block", length=length) if untracked else title,
        detail=length if title == label else f"{label} · {length}",
        color=color,
        ink=ink_on(color),
        untracked=untracked,
    )


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _figures(marts: DayMarts, words: Language) -> tuple[Figure, ...]:
    day = marts.summary
    share = day.tracked_seconds / day.day_seconds if day.day_seconds else 0
    figures = [
        (day.tracked_seconds, "tracked", words.say("tracked_note", percent=words.percent(share))),
        (day.untracked_seconds, "untracked", _gaps(marts.timeline, words)),
        (day.planned_seconds, "planned", _plan_in_words(day, words)),
    ]
    if day.planned_seconds:
        overlap = sum(category.overlap_seconds for category in marts.categories)
        note = words.say("as_planned_note", planned=words.length(day.planned_seconds))
        figures.append((overlap, "as_planned", note))
    return tuple(
        Figure(label=words.phrases[name], value=words.length(seconds), note=note) for seconds, name, note in figures
    )


def _gist(marts: DayMarts, categories: Iterable[Category], words: Language) -> tuple[str, ...]:
    """The score, what was tracked, and where the day was farthest from its plan."""
    day = marts.summary
    score = words.phrases["gist_no_plan"]
    if day.adherence is not None:
        score = words.say("gist_score", percent=words.percent(float(day.adherence)))
    share = words.percent(day.tracked_seconds / day.day_seconds if day.day_seconds else 0)
    tracked = words.say("gist_tracked", length=words.length(day.tracked_seconds), percent=share)
    off = [(category.actual_seconds - category.planned_seconds, category) for category in categories]
    far = sorted((off for off in off if off[1].planned_seconds), key=lambda one: (-abs(one[0]), one[1].name))[:2]
    farthest = words.phrases["list_comma"].join(f"{each.label} {words.difference(seconds)}" for seconds, each in far)
    return (score, tracked, *((farthest,) if farthest else ()))


def _gaps(timeline: Iterable[TimelineStretch], words: Language) -> str:
    gaps = [stretch for stretch in timeline if stretch.lane == "actual" and stretch.category == UNTRACKED]
    if len(gaps) < 2:
        return words.phrases["gaps_one" if gaps else "gaps_none"]
    longest = max(_seconds(gap.end_at - gap.start_at) for gap in gaps)
    return words.say("gaps_many", count=len(gaps), longest=words.length(longest))


def _plan_in_words(day: DailySummary, words: Language) -> str:
    if day.plan_basis == "frozen" and lettering.whole_minutes(day.replanned_seconds) > 0:
        return words.say("plan_changed", length=words.length(day.replanned_seconds))
    if day.planned_seconds == 0:
        return ""
    return words.phrases["plan_unchanged" if day.plan_basis == "frozen" else "plan_current"]


def _notes(notes: Iterable[DayNote], words: Language) -> str | None:
    titles = [printable(note.title or "") or words.phrases["unnamed"] for note in notes]
    if not titles:
        return None
    reach = list(accumulate(columns(title) for title in titles))
    shown = [title for title, end in zip(titles, reach, strict=True) if end <= NOTES_COLUMNS] or titles[:1]
    if len(titles) > len(shown):
        shown.append(words.say("and_more", count=len(titles) - len(shown)))
    return words.say("all_day", notes=words.phrases["list_comma"].join(shown))


def _sources(marts: DayMarts, words: Language, zone: ZoneInfo) -> tuple[Source, ...]:
    sources = []
    for state in marts.sources:
        as_of = state.as_of
        name = words.names.get(state.source, state.source)
        phrase = "never" if as_of is None else "failed" if state.error else "fresh"
        moment = "" if as_of is None else words.moment(as_of.astimezone(zone))
        stale = as_of is None or as_of < marts.day.day_end
        text = words.say(phrase, source=name, moment=moment)
        sources.append(Source(source=state.source, as_of=as_of, stale=stale, text=text))
    return tuple(sources)


def _notice(
    marts: DayMarts, sources: Sequence[Source], words: Language, zone: ZoneInfo, generated_at: datetime
) -> str | None:
    if not marts.summary.partial:
        return None
    if generated_at < marts.day.day_end:
        return words.phrases["not_over"]
    stale = [
        words.say("never_source", source=words.names.get(source.source, source.source))
        if source.as_of is None
        else words.say(
            "stale_source",
            source=words.names.get(source.source, source.source),
            moment=words.moment(source.as_of.astimezone(zone)),
        )
        for source in sources
        if source.stale
    ]
    return words.say("stale", sources=words.phrases["list_comma"].join(stale or [words.phrases["no_sources"]]))


def _zone_in_words(day: Day, words: Language, zone: ZoneInfo) -> str:
    offset = day.day_start.astimezone(zone).utcoffset() or timedelta()
    hours, minutes = divmod(abs(_seconds(offset)) // 60, 60)
    sign = "−" if offset < timedelta() else "+"
    text = words.say("zone", zone=zone.key, offset=f"{sign}{hours}" + (f":{minutes:02}" if minutes else ""))
    if day.day_seconds == _seconds(timedelta(days=1)):
        return text
    return f"{text} · {words.say('short_day', length=words.length(day.day_seconds))}"


def _in_words(blocks: Iterable[Block], words: Language) -> str:
    """The timeline as a sentence, for those who cannot see it."""
    lanes: dict[str, list[str]] = {"plan": [], "actual": []}
    for block in blocks:
        lanes[block.lane].append(words.say("alt_block", clock=block.clock, title=block.title))
    comma = words.phrases["list_comma"]
    none = words.phrases["nothing"]
    return words.say("alt_timeline", **{lane: comma.join(said) or none for lane, said in lanes.items()})
