"""Misfortune on order: the next answers to a path are errors, torn, late, or never come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["status", "reset", "truncated", "null", "slow"]


@dataclass
class Fault:
    """What befalls the next `times` requests whose path starts with `path_prefix`.

    `status`: `status` and `body` instead of an answer. `reset`: the connection is torn down without a word.
    `truncated`: the true answer, cut in half. `null`: the JSON literal instead of an answer.
    `slow`: the true answer, `seconds` late. The first `after` matching requests are spared.
    """

    path_prefix: str
    kind: FaultKind
    times: int = 1
    after: int = 0
    status: int = 500
    body: str = "<html><body>Internal Server Error</body></html>"
    media_type: str = "text/html"
    seconds: float = 1.0


class Faults:
    """The misfortunes that are still to come."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._waiting)

    def add(self, fault: Fault) -> None:
        """Order one more."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Call off all that has not happened."""
        self._waiting.clear()

    def strike(self, path: str) -> Fault | None:
        """The fault that befalls a request to this path, or None; each one is used up by it."""
        for fault in self._waiting:
            if not path.startswith(fault.path_prefix):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
            return fault
        return None
