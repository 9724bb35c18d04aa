"""How far Toggl's history has been read, as it is kept in Postgres beside the rows that it covers."""

from datetime import date, datetime

from pydantic import BaseModel

from tasks.toggl.periods import DAY, Period, without
from tasks.toggl.reports import PageCursor


class Checked(BaseModel, frozen=True):
    """A period whose entries were known in full at a moment (aware)."""

    period: Period
    at: datetime


class Listing(BaseModel, frozen=True):
    """A listing under way: the pages up to `following` are loaded, which reach up to a day, `reached`.

    `seen` are the seconds of their entries by id.
    """

    period: Period
    began_at: datetime
    following: PageCursor | None = None
    reached: date | None = None
    seen: dict[str, int] = {}
    attempt: int = 1


class HistoryCursor(BaseModel, frozen=True):
    """How far the history of one workspace has been read; `round_began_at` is set while all of it is compared.

    `entries` counts what pages have told, for the eyes of a person who waits.
    """

    checked: tuple[Checked, ...] = ()
    entries: int = 0
    listing: Listing | None = None
    round_began_at: datetime | None = None

    def with_checked(self, period: Period, at: datetime) -> "HistoryCursor":
        """The same with a period known in full at a moment; neighbours known at the same moment become one."""
        pieces = [
            Checked(period=rest, at=piece.at) for piece in self.checked for rest in without(piece.period, [period])
        ]
        merged: list[Checked] = []
        for piece in sorted([*pieces, Checked(period=period, at=at)], key=lambda piece: piece.period.first):
            if merged and merged[-1].at == piece.at and merged[-1].period.last + DAY == piece.period.first:
                whole = Period(first=merged[-1].period.first, last=piece.period.last)
                merged[-1] = Checked(period=whole, at=at)
            else:
                merged.append(piece)
        return self.model_copy(update={"checked": tuple(merged)})
