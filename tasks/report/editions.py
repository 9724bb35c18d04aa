"""The days of an edition: from which day to which a page goes, and which was the last one that ended."""

from dataclasses import dataclass
from datetime import date, timedelta

from tasks.marts.periods import monday_of
from tasks.report.page import Edition

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PageOf:
    """Which page it is: a day's, a week's or a month's, and the first day on it."""

    edition: Edition
    first_day: date

    @classmethod
    def holding(cls, edition: Edition, day: date) -> "PageOf":
        """The page of this edition that `day` is on; weeks begin on Mondays (ISO 8601)."""
        if edition == "weekly":
            return cls(edition, monday_of(day))
        return cls(edition, day.replace(day=1) if edition == "monthly" else day)

    @classmethod
    def last_ended(cls, edition: Edition, today: date) -> "PageOf":
        """The last page of this edition whose days were all over when `today` began."""
        return cls.holding(edition, cls.holding(edition, today).first_day - _DAY)

    @property
    def last_day(self) -> date:
        """The last day on it."""
        if self.edition == "weekly":
            return self.first_day + timedelta(days=6)
        if self.edition == "monthly":
            return (self.first_day + timedelta(days=31)).replace(day=1) - _DAY
        return self.first_day

    @property
    def name(self) -> str:
        """How its files lie below the report folder and in a bucket, without their kind: `2026/2026-11-23`.

        A week is `2026/2026-W48`, by the year and number of ISO 8601; a month is `2026/2026-11`.
        """
        return f"{self.stem[:4]}/{self.stem}"

    @property
    def stem(self) -> str:
        """How it is called: `2026-11-23`, `2026-W48`, `2026-11`."""
        if self.edition == "weekly":
            year, week, _ = self.first_day.isocalendar()
            return f"{year}-W{week:02}"
        return f"{self.first_day:%Y-%m}" if self.edition == "monthly" else f"{self.first_day}"

    def __str__(self) -> str:
        return self.stem
