"""Where things fall on a time axis: overlapping blocks beside each other, the hours of the wall clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from tasks.report.page import Placed, Tick

_Stretch = TypeVar("_Stretch", bound=Placed)


def side_by_side(blocks: Sequence[_Stretch]) -> list[_Stretch]:
    """Keep overlapping blocks apart: each takes the first free column, its group as many columns as it needs.

    `blocks` come in the order of their start.
    """
    placed: list[_Stretch] = []
    group: list[_Stretch] = []
    ends: list[int] = []
    for block in blocks:
        if group and block.start_seconds >= max(ends):
            placed += [member.model_copy(update={"columns": len(ends)}) for member in group]
            group, ends = [], []
        free = next((number for number, end in enumerate(ends) if end <= block.start_seconds), len(ends))
        ends[free : free + 1] = [block.end_seconds]
        group.append(block.model_copy(update={"column": free}))
    return placed + [member.model_copy(update={"columns": len(ends)}) for member in group]


def hour_ticks(day_start: datetime, day_end: datetime, zone: ZoneInfo) -> tuple[Tick, ...]:
    """The full hours of the wall clock between two aware moments, be an hour missing or there twice."""
    minutes = seconds_of(day_end - day_start) // 60
    moments = ((minute * 60, day_start + timedelta(minutes=minute)) for minute in range(minutes))
    hours = [(seconds, moment.astimezone(zone)) for seconds, moment in moments]
    ticks = [Tick(seconds=seconds, label=str(local.hour)) for seconds, local in hours if local.minute == 0]
    return (*ticks, Tick(seconds=minutes * 60, label="24"))


def seconds_of(length: timedelta) -> int:
    """A length in whole seconds."""
    return int(length.total_seconds())
