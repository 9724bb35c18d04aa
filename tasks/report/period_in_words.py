"""What a week's or a month's sheet is told with: marts, words and a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts.periods import PeriodMarts, PeriodSummary
from tasks.report.lettering import Language
from tasks.report.naming import Naming
from tasks.report.page import Line
from tasks.report.timeline import DayInWords


@dataclass(frozen=True)
class PeriodInWords:
    """What a week or a month is told with: its marts, its clock, how things are called, and when it is told."""

    marts: PeriodMarts
    edition: Literal["weekly", "monthly"]
    zone: ZoneInfo
    naming: Naming
    generated_at: datetime

    @property
    def words(self) -> Language:
        """The page's language."""
        return self.naming.words

    @cached_property
    def days(self) -> Mapping[date, DayInWords]:
        """What each of its days is told with."""
        return {day.day: DayInWords(day, self.zone, self.naming) for day in self.marts.days}

    @property
    def unit(self) -> str:
        """The word by which the phrases of this edition end."""
        return "week" if self.edition == "weekly" else "month"

    @property
    def until(self) -> datetime:
        """When its last day is over."""
        days, last = self.marts.days, self.marts.span.last
        if days and days[-1].day == last:
            return days[-1].day_end
        return datetime.combine(last + timedelta(days=1), time(), self.zone)

    @property
    def is_over(self) -> bool:
        """Whether its last day was over when it is told."""
        return self.generated_at >= self.until

    def past(self, figure: Callable[[PeriodSummary], float | None]) -> Line:
        """A figure of the twelve periods up to this one; null where nothing was tracked."""
        known = (self.marts.past.get(start) for start in self.marts.starts)
        return tuple(figure(each) if each is not None and each.tracked_seconds > 0 else None for each in known)
