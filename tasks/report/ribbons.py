"""The days of a week as ribbons: each from midnight to midnight, the plan above and what was done below."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from tasks.marts.periods import WeekMarts
from tasks.marts.rows import DailySummary, Day, LedgerPiece, TimelineStretch
from tasks.report.axis import hour_ticks, side_by_side
from tasks.report.lettering import Language, ink_on, printable
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.page import Tick
from tasks.report.periods import Piece, Ribbon, Ribbons
from tasks.report.score import has_begun
from tasks.report.timeline import DayInWords

LABELLED_SECONDS = 45 * 60  # a shorter stretch has no room for a name
HOURS_APART = 3
ORDINARY_DAY = timedelta(days=1)


def ribbons(marts: WeekMarts, told: Mapping[date, DayInWords], naming: Naming) -> Ribbons:
    """All seven days of the week, known or not."""
    dates = [marts.span.first + timedelta(days=ahead) for ahead in range(7)]
    summaries = {summary.day: summary for summary in marts.summaries}
    days = tuple(_ribbon(day, told.get(day), summaries.get(day), marts, naming) for day in dates)
    hours = range(0, 25, HOURS_APART)
    return Ribbons(
        ticks=tuple(Tick(seconds=hour * 3600, label=str(hour)) for hour in hours),
        axis_seconds=max(day.day_seconds for day in days),
        days=days,
        alt=_alt(days, naming.words),
    )


def _ribbon(
    day: date, told: DayInWords | None, summary: DailySummary | None, marts: WeekMarts, naming: Naming
) -> Ribbon:
    words = naming.words
    if told is None or summary is None:
        return Ribbon(
            label=words.weekday_and_day(day),
            note="",
            day_off=False,
            day_seconds=int(ORDINARY_DAY.total_seconds()),
            ticks=(),
            pieces=(),
            remark=words.page["not_known"],
            adherence="–",
            tracked="–",
            untracked="–",
        )
    begun = has_begun(told.day, summary)
    plan = [_planned(told, piece) for piece in _joined(piece for piece in marts.ledger if piece.day == day)]
    actual = [_owned(told, each) for each in marts.timeline if each.day == day and each.category != UNTRACKED]
    return Ribbon(
        label=words.weekday_and_day(day),
        note=_note(told.day, marts, naming),
        day_off=told.day.day_type == "holiday",
        day_seconds=told.day.day_seconds,
        ticks=tuple(_every_third(hour_ticks(told.day.day_start, told.day.day_end, told.zone))),
        pieces=(*side_by_side(plan), *side_by_side(actual)),
        remark="" if plan or actual else words.page["nothing_to_compare"],
        adherence=words.percent(float(summary.adherence)) if summary.adherence is not None and begun else "–",
        tracked=words.length(summary.tracked_seconds) if begun else "–",
        untracked=words.length(summary.untracked_seconds) if begun else "–",
    )


def _note(day: Day, marts: WeekMarts, naming: Naming) -> str:
    words = naming.words
    holiday = printable((day.holiday_name_ja if words.code == "ja" else day.holiday_name_en) or "")
    notes = [
        naming.title(note.title or words.phrases["unnamed"], note.category, private=note.is_private)
        for note in marts.notes
        if note.day == day.day
    ]
    return words.phrases["list_comma"].join([*([holiday] if holiday else []), *notes])


def _every_third(ticks: Iterable[Tick]) -> list[Tick]:
    return [tick for tick in ticks if int(tick.label) % HOURS_APART == 0]


def _joined(pieces: Iterable[LedgerPiece]) -> list[LedgerPiece]:
    """Pieces of one event that follow each other and look the same become one."""
    joined: list[LedgerPiece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.source_id, piece.start_at)):
        before = joined[-1] if joined else None
        same = before is not None and (before.source_id, before.end_at) == (piece.source_id, piece.start_at)
        if before is not None and same and _state(before) == _state(piece):
            joined[-1] = replace(before, end_at=piece.end_at, seconds=before.seconds + piece.seconds)
        else:
            joined.append(piece)
    return sorted(joined, key=lambda piece: (piece.start_at, piece.source_id))


def _state(piece: LedgerPiece) -> Literal["kept", "lost", "not_done", "to_come"]:
    states: dict[str, Literal["kept", "not_done", "to_come"]]
    states = {"kept": "kept", "not_done": "not_done", "pending": "to_come"}
    return states.get(piece.outcome, "lost")


def _planned(told: DayInWords, piece: LedgerPiece) -> Piece:
    color = told.naming.color(piece.category)
    return Piece(
        lane="plan",
        state=_state(piece),
        start_seconds=told.since_start(piece.start_at),
        end_seconds=told.since_start(piece.end_at),
        color=color,
        ink=ink_on(color),
        label="",
        from_before=False,
        into_next=False,
    )


def _owned(told: DayInWords, stretch: TimelineStretch) -> Piece:
    start, end = told.since_start(stretch.start_at), told.since_start(stretch.end_at)
    began, ended = stretch.began_at or stretch.start_at, stretch.ended_at or stretch.end_at
    color = told.naming.color(stretch.category)
    return Piece(
        lane="actual",
        state="done",
        start_seconds=start,
        end_seconds=end,
        color=color,
        ink=ink_on(color),
        label=told.naming.label(stretch.category) if end - start >= LABELLED_SECONDS else "",
        from_before=start == 0 and began < told.day.day_start,
        into_next=stretch.end_at >= told.day.day_end and ended > told.day.day_end,
    )


def _alt(days: Sequence[Ribbon], words: Language) -> str:
    told = (
        words.say("alt_day", day=day.label, adherence=day.adherence, tracked=day.tracked, untracked=day.untracked)
        for day in days
    )
    return words.say("alt_ribbons", days="; ".join(told))
