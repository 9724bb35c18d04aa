"""The whole invented world: one person's Toggl account and Google calendars, and the time it is there."""

from dataclasses import dataclass

from infra.local.agenda import Agenda
from infra.local.clock import Clock
from infra.local.track import Track


@dataclass(frozen=True)
class World:
    """What the stand-ins show; change it through `track` and `agenda`, and they show the change."""

    clock: Clock
    track: Track
    agenda: Agenda
