"""The clocks that a stand-in can live by: each, called, gives the present as an aware UTC time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


class ManualClock:
    """A clock that stands still until it is told to go on, so that a test decides what time it is."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        """The present, in UTC."""
        return self._now

    def advance(self, **duration: float) -> None:
        """Go on by a `timedelta` of these keywords, such as `minutes=5`."""
        self._now += timedelta(**duration)


class TickingClock:
    """A clock that starts at a given time and then runs as fast as the machine's."""

    def __init__(self, now: datetime) -> None:
        self._ahead = now.astimezone(UTC) - datetime.now(UTC)

    def __call__(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC) + self._ahead


class Stamps:
    """Modification stamps: the clock's time, nudged by a microsecond where two would be equal."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self) -> datetime:
        """A stamp later than every one before it, in UTC."""
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return self._last
