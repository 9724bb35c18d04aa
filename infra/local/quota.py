"""The two limits that Toggl Track sets: so many requests an hour, and about one a second."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.local.clock import Clock

HOUR = timedelta(hours=1)


@dataclass
class Quota:
    """An allowance per `window` (an hour), which opens with the first request after the last one closed.

    Source: Toggl support article 11484112, "API and integration limits".
    """

    clock: Clock
    size: int
    window: timedelta = HOUR
    _opened: datetime | None = None
    _used: int = 0

    def spend(self) -> bool:
        """Take one request off the allowance; False when none is left."""
        if self._opened is None or self.resets_in == 0:
            self._opened = self.clock()
            self._used = 0
        if self._used >= self.size:
            return False
        self._used += 1
        return True

    @property
    def remaining(self) -> int:
        """How many requests are left in this window."""
        return self.size if self.resets_in == 0 else max(0, self.size - self._used)

    @property
    def resets_in(self) -> int:
        """Whole seconds, rounded up, until this window closes; 0 when none is open."""
        if self._opened is None:
            return 0
        left = self._opened + self.window - self.clock()
        return max(0, -(-left // timedelta(seconds=1)))


@dataclass
class Pace:
    """A bucket that holds `burst` requests and leaks one a second."""

    clock: Clock
    burst: int = 1
    _level: float = 0.0
    _seen: datetime | None = None

    def admits(self) -> bool:
        """Let a request in, or say that it comes too soon."""
        now = self.clock()
        if self._seen is not None:
            self._level = max(0.0, self._level - (now - self._seen).total_seconds())
        self._seen = now
        if self._level + 1 > self.burst:
            return False
        self._level += 1
        return True
