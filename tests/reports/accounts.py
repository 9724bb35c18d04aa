"""What became of a made-up plan, and four made-up weeks before it: the marts that a day's stretches do not give."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tasks.marts import HISTORY_DAYS
from tasks.marts.rows import (
    AdherenceTrend,
    CategoryHistory,
    DailyCategory,
    DailySummary,
    LedgerPiece,
    Outcome,
    PlanOutcome,
    Sleep,
    Streak,
    TimelineStretch,
    UntrackedGap,
)


def ledger_of(timeline: Sequence[TimelineStretch]) -> list[LedgerPiece]:
    """What became of each planned event, piece by piece."""
    owned = [stretch for stretch in timeline if stretch.lane == "actual"]
    return [piece for event in timeline if event.lane == "plan" for piece in _pieces(event, owned)]


def _pieces(event: TimelineStretch, owned: Sequence[TimelineStretch]) -> list[LedgerPiece]:
    cut: list[tuple[datetime, datetime, str | None]] = [
        (max(stretch.start_at, event.start_at), min(stretch.end_at, event.end_at), stretch.category)
        for stretch in owned
        if stretch.start_at < event.end_at and event.start_at < stretch.end_at
    ]
    # What is known of a day has no holes: nothing is known yet before its first stretch and after its last.
    first, last = (cut[0][0], cut[-1][1]) if cut else (event.end_at, event.end_at)
    unknown = [(event.start_at, first, None), (last, event.end_at, None)]
    pieces = sorted([*cut, *(piece for piece in unknown if piece[0] < piece[1])], key=lambda piece: piece[0])
    kept = [(start, end) for start, end, category in cut if category == event.category]
    return [
        LedgerPiece(
            event.day,
            str(event.source_id),
            start,
            end,
            int((end - start).total_seconds()),
            _outcome(start, end, category, kept, wanted=event.category),
            event.category,
            event.title,
            category,
            event.is_private,
        )
        for start, end, category in pieces
    ]


def _outcome(
    start: datetime, end: datetime, category: str | None, kept: Sequence[tuple[datetime, datetime]], *, wanted: str
) -> Outcome:
    if category is None:
        return "pending"
    if category == wanted:
        return "kept"
    if not kept:
        return "not_done"
    if end <= kept[0][0]:
        return "late"
    return "early" if start >= kept[-1][1] else "interrupted"


def outcomes_of(ledger: Sequence[LedgerPiece]) -> list[PlanOutcome]:
    """What became of each planned event as a whole."""
    return [_whole([piece for piece in ledger if piece.source_id == event]) for event in _in_order(ledger)]


def _in_order(ledger: Sequence[LedgerPiece]) -> list[str]:
    return list(dict.fromkeys(piece.source_id for piece in sorted(ledger, key=lambda piece: piece.start_at)))


def _whole(pieces: Sequence[LedgerPiece]) -> PlanOutcome:
    def lost(outcome: Outcome) -> int:
        return sum(piece.seconds for piece in pieces if piece.outcome == outcome)

    instead: dict[str, int] = {}
    for piece in pieces:
        if piece.outcome != "kept" and piece.actual_category is not None:
            instead[piece.actual_category] = instead.get(piece.actual_category, 0) + piece.seconds
    most = max(instead, key=lambda category: instead[category], default=None)
    first = pieces[0]
    return PlanOutcome(
        first.day,
        first.source_id,
        first.title,
        first.category,
        min(piece.start_at for piece in pieces),
        max(piece.end_at for piece in pieces),
        sum(piece.seconds for piece in pieces),
        lost("kept"),
        lost("late"),
        lost("early"),
        lost("interrupted"),
        lost("not_done"),
        lost("pending"),
        most,
        instead.get(most or "", 0),
        first.is_private,
    )


def gaps_of(timeline: Sequence[TimelineStretch]) -> list[UntrackedGap]:
    """What nobody tracked, between what came before and after."""
    owned = [stretch for stretch in timeline if stretch.lane == "actual"]
    return [
        UntrackedGap(
            gap.day,
            gap.start_at,
            gap.end_at,
            int((gap.end_at - gap.start_at).total_seconds()),
            owned[number - 1].category if number else None,
            owned[number + 1].category if number + 1 < len(owned) else None,
        )
        for number, gap in enumerate(owned)
        if gap.category == "Untracked"
    ]


def summaries_before(summary: DailySummary, chance: Random) -> list[DailySummary]:
    """Four weeks of days, of which this one is the last."""
    days = [summary.day - timedelta(days=back) for back in range(HISTORY_DAYS - 1, 0, -1)]
    made = []
    for day in days:
        untracked = chance.randrange(10, 180) * 60
        made.append(
            DailySummary(
                day=day,
                day_type="holiday" if day.isoweekday() > 5 else "weekday",
                day_seconds=86_400,
                tracked_seconds=86_400 - untracked,
                untracked_seconds=untracked,
                planned_seconds=(17 if day.isoweekday() < 6 else 11) * 3600,
                replanned_seconds=0,
                plan_basis="frozen",
                adherence=Decimal(chance.randrange(45, 92)) / 100,
                partial=False,
            )
        )
    return [*made, summary]


def trend_of(summaries: Sequence[DailySummary], categories: Sequence[DailyCategory]) -> list[AdherenceTrend]:
    """How far the plan was kept on each of these days, with the last one's two parts."""
    planned = sum(each.planned_seconds for each in categories)
    spent = sum(min(each.planned_seconds, each.actual_seconds) for each in categories)
    kept = sum(each.overlap_seconds for each in categories)
    right_length = Decimal(spent) / planned if planned else None
    on_time = Decimal(kept) / spent if spent else None
    return [
        AdherenceTrend(
            each.day,
            each.adherence,
            right_length if each is summaries[-1] else each.adherence,
            on_time if each is summaries[-1] else each.adherence,
            Decimal("0.712"),
            Decimal("0.684"),
            number,
        )
        for number, each in enumerate(summaries, start=1)
    ]


def nights_before(sleep: Sleep, chance: Random) -> list[Sleep]:
    """Four weeks of nights, of which this one is the last."""
    made = []
    for back in range(HISTORY_DAYS - 1, 0, -1):
        bed, wake = (moment - timedelta(days=back, minutes=chance.randrange(-40, 40)) for moment in _ends(sleep))
        asleep = int((wake - bed).total_seconds())
        made.append(Sleep(sleep.day - timedelta(days=back), 1, "main", bed, wake, asleep, 0, 0))
    return [*made, sleep]


def _ends(sleep: Sleep) -> tuple[datetime, datetime]:
    return sleep.bed_at, sleep.wake_at


def history_of(
    day: date, categories: Sequence[DailyCategory], targets: Mapping[str, int], chance: Random
) -> list[CategoryHistory]:
    """The categories on the 28 days up to the day."""
    rows = []
    for category in categories:
        for back in range(HISTORY_DAYS - 1, -1, -1):
            around = category.actual_seconds or 3600
            spent = category.actual_seconds if back == 0 else int(around * chance.choice((0, 0.5, 0.8, 1, 1.2, 1.5)))
            target = targets.get(category.category)
            rows.append(
                CategoryHistory(
                    day=day,
                    category=category.category,
                    past_day=day - timedelta(days=back),
                    actual_seconds=spent,
                    planned_seconds=category.planned_seconds,
                    target_seconds=target,
                    achieved=None if target is None else spent >= target,
                )
            )
    return rows


def streaks_of(history: Sequence[CategoryHistory]) -> list[Streak]:
    """How long each judged category had met its target by the day."""
    streaks = []
    for category in dict.fromkeys(row.category for row in history if row.achieved is not None):
        now = best = 0
        for row in history:
            if row.category == category:
                now = now + 1 if row.achieved else 0
                best = max(best, now)
        streaks.append(Streak(history[0].day, category, now > 0, now, best))
    return streaks
