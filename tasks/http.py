"""How lifetracer asks a web service: one client that waits, tries again a bounded number of times, and counts.

    service = Service("toggl", "Toggl Track", "https://api.track.toggl.com/api/v9", auth=("token", "api_token"))
    answer = service.ask(Question("/me"))        # Answer(status=200, body={...}); a refusal such as 403 is one too

What may pass by itself (no connection, no answer in time, 429, 5xx, a body cut short) is tried again; what the
service means (400, 401, 402, 403, 404, 410) is handed to the caller, who knows what it says.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Never, Protocol

import httpx

from tasks.errors import SourceError, SourceUnavailable
from tasks.raw import JsonValue

TRIES = 5
_TRIES_IN_WORDS = "five times"
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 120.0
PACE_SECONDS = 1.0
TIMEOUT = httpx.Timeout(60, connect=10)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What is asked: `path` (percent-encoded, under the service's URL); with a `body`, which is JSON, as a POST."""

    path: str
    parameters: Mapping[str, str | int] | None = None
    body: Mapping[str, JsonValue] | None = None

    def __str__(self) -> str:
        return f"{'GET' if self.body is None else 'POST'} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What the service said: `body` is its JSON, None when it is none; `text` the same as it came."""

    status: int
    headers: httpx.Headers
    body: JsonValue
    text: str

    @property
    def excerpt(self) -> str:
        """The beginning of the body on one line, for a message; empty when it is a web page."""
        line = " ".join(self.text.split()).strip('"').rstrip(".")
        return "" if line.startswith("<") else line[:200]


class Gate(Protocol):
    """What every request has to pass, the repeated ones too, where a service counts them; see tasks/quota.py."""

    def admit(self, question: Question) -> None:
        """Let a request go out now, or raise."""

    def hear(self, question: Question, headers: httpx.Headers) -> None:
        """Learn from what an answer says about further requests."""


@dataclass
class Service:
    """One web service under `url`; `requests` counts every request sent to it, the repeated ones included.

    `passing` names further answers that pass by themselves. After a 429 the service is asked at most once a second.
    `gate` is asked before each request, and told of each answer. `transport`, `sleep` and `chance` (a number from 0
    to 1) are given by tests. To be closed after use.
    """

    source: str
    title: str
    url: str
    auth: httpx.Auth | tuple[str, str] | None = field(default=None, repr=False)
    passing: Callable[[Answer], bool] = lambda _answer: False
    gate: Gate | None = field(default=None, repr=False)
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    requests: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._paced = False
        self._client = httpx.Client(
            base_url=self.url,
            auth=self.auth,
            timeout=TIMEOUT,
            transport=self.transport,
            headers={"User-Agent": _user_agent(), "Accept": "application/json"},
            event_hooks={"request": [self._count]},
        )

    def ask(self, question: Question) -> Answer:
        """Ask, and give a 2xx with its JSON, or a refusal (4xx).

        Raises SourceUnavailable when the service answers badly or not at all, five times, and whatever `gate` raises.
        """
        for attempt in range(1, TRIES + 1):
            if self._paced:
                self.sleep(PACE_SECONDS)
            if self.gate is not None:
                self.gate.admit(question)
            try:
                answer = self._send(question)
            except (httpx.TransportError, httpx.DecodingError) as error:
                fault, told = _could_not(error), None
            else:
                fault, told = self._fault(answer), _retry_after(answer)
                if not fault:
                    return answer
            if attempt == TRIES:
                break
            wait = told if told is not None else FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (1 + self.chance())
            if wait > LONGEST_WAIT_SECONDS:
                raise self._unavailable(f"{fault} and asks to wait {wait:.0f} seconds")
            logger.warning("%s %s; trying again in %.1f s (%d of %d)", self.title, fault, wait, attempt, TRIES)
            self.sleep(wait)
        raise self._unavailable(f"{fault} {_TRIES_IN_WORDS}")

    def refusal(self, question: Question, answer: Answer) -> SourceError:
        """The error to raise for an answer that its asker cannot explain better."""
        said = f": {answer.excerpt}" if answer.excerpt else ""
        return SourceError(self.source, f"{self.title} answered {answer.status} to {question}{said}.")

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _send(self, question: Question) -> Answer:
        if question.body is None:
            response = self._client.get(question.path, params=question.parameters)
        else:
            response = self._client.post(question.path, params=question.parameters, json=question.body)
        if self.gate is not None:
            self.gate.hear(question, response.headers)
        try:
            body: JsonValue = json.loads(response.content, parse_constant=_no_json) if response.content else None
        except ValueError:
            body = None
            if response.is_success:
                return Answer(0, response.headers, None, "")
        return Answer(response.status_code, response.headers, body, response.text)

    def _fault(self, answer: Answer) -> str:
        if answer.status == 0:
            return "sent unreadable JSON"
        if answer.status == 429:
            self._paced = True
        if answer.status in {408, 429} or answer.status >= 500 or self.passing(answer):
            return f"answered {answer.status}"
        return ""

    def _unavailable(self, what: str) -> SourceUnavailable:
        return SourceUnavailable(self.source, f"{self.title} {what}.", "Run it again later; nothing was lost.")

    def _count(self, _request: httpx.Request) -> None:
        self.requests += 1


def _could_not(error: httpx.TransportError | httpx.DecodingError) -> str:
    if isinstance(error, httpx.DecodingError):
        return "sent an unreadable answer"
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol):
        return "could not be reached"
    return "broke off its answer"


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the service asks to wait; its other form, a date, is rare and left to our own waiting."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None


def _no_json(constant: str) -> Never:
    raise ValueError(constant)


def _user_agent() -> str:
    # Google compresses its answers only for agents whose name holds "gzip" (Calendar API, performance tips).
    try:
        return f"lifetracer/{version('lifetracer')} (gzip)"
    except PackageNotFoundError:
        return "lifetracer (gzip)"
