"""The day's two lanes: each stretch where it fell, and a bridge from plan to actual wherever the plan was kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tasks.marts.rows import Day, LedgerPiece, PlanOutcome, TimelineStretch
from tasks.report.axis import hour_ticks, seconds_of, side_by_side
from tasks.report.lettering import Language, ink_on
from tasks.report.naming import UNTRACKED, Naming
from tasks.report.page import Block, Bridge, Timeline

ALARM_SECONDS = 20 * 60
"""From this much on a deviation is pointed at: what a glance at the clock does not make up for."""


@dataclass(frozen=True)
class DayInWords:
    """What every block of a day is told with: the day's bounds, its clock, and how things are called."""

    day: Day
    zone: ZoneInfo
    naming: Naming

    @property
    def words(self) -> Language:
        """The page's language."""
        return self.naming.words

    def clock(self, moment: datetime) -> str:
        """The wall clock at `moment`."""
        return self.words.clock(moment.astimezone(self.zone))

    def since_start(self, moment: datetime) -> int:
        """Seconds from the day's start to `moment`, within the day."""
        within = min(max(moment, self.day.day_start), self.day.day_end)
        return seconds_of(within - self.day.day_start)


def timeline(
    told: DayInWords,
    stretches: Iterable[TimelineStretch],
    ledger: Iterable[LedgerPiece],
    outcomes: Iterable[PlanOutcome],
) -> Timeline:
    """Both lanes of a day, in the order of time, with what became of its plan between them."""
    undone = {each.source_id for each in outcomes if each.not_done_seconds == each.planned_seconds}
    lanes: dict[str, list[Block]] = {"plan": [], "actual": []}
    seen: set[str | None] = set()
    for stretch in stretches:
        resumed = stretch.lane == "actual" and stretch.source_id is not None and stretch.source_id in seen
        seen.add(stretch.source_id)
        not_done = stretch.lane == "plan" and stretch.source_id in undone
        lanes[stretch.lane].append(_block(told, stretch, resumed=resumed, not_done=not_done))
    blocks = [block for lane in lanes.values() for block in side_by_side(lane)]
    return Timeline(
        ticks=hour_ticks(told.day.day_start, told.day.day_end, told.zone),
        blocks=tuple(blocks),
        bridges=tuple(_bridge(told, piece) for piece in ledger if piece.outcome not in {"pending", "not_done"}),
        alt=_alt(blocks, told.words),
    )


def _block(told: DayInWords, stretch: TimelineStretch, *, resumed: bool, not_done: bool) -> Block:
    words, naming, day = told.words, told.naming, told.day
    start, end = told.since_start(stretch.start_at), told.since_start(stretch.end_at)
    length, label = words.length(end - start), naming.label(stretch.category)
    untracked = stretch.category == UNTRACKED
    title = naming.title(stretch.title, stretch.category, private=stretch.is_private)
    began, ended = stretch.began_at or stretch.start_at, stretch.ended_at or stretch.end_at
    from_before = not resumed and began < day.day_start
    return Block(
        lane=stretch.lane,
        start_seconds=start,
        end_seconds=end,
        clock=f"↑{told.clock(began)}" if from_before else told.clock(stretch.start_at),
        until=f"↓{told.clock(ended)}" if stretch.end_at >= day.day_end and ended > day.day_end else None,
        title=words.say("untracked_block", length=length) if untracked else f"↳ {title}" if resumed else title,
        detail=length if title == label else f"{label} · {length}",
        color=naming.color(stretch.category),
        ink=ink_on(naming.color(stretch.category)),
        untracked=untracked,
        not_done=not_done,
    )


def _bridge(told: DayInWords, piece: LedgerPiece) -> Bridge:
    kept = piece.outcome == "kept"
    return Bridge(
        start_seconds=told.since_start(piece.start_at),
        end_seconds=told.since_start(piece.end_at),
        color=told.naming.color(piece.category),
        kept=kept,
        alarm=not kept and piece.seconds >= ALARM_SECONDS,
    )


def _alt(blocks: Sequence[Block], words: Language) -> str:
    """The lanes as sentences, for those who cannot see them."""
    lanes: dict[str, list[str]] = {"plan": [], "actual": []}
    for block in blocks:
        lanes[block.lane].append(words.say("alt_block", clock=block.clock, title=block.title))
    comma, none = words.phrases["list_comma"], words.phrases["nothing"]
    return words.say("alt_timeline", **{lane: comma.join(said) or none for lane, said in lanes.items()})
