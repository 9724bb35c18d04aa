"""A service is asked again for what passes by itself, a bounded number of times, and never for what it means."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tasks.errors import SourceUnavailable
from tasks.http import Question, Service

Reply = httpx.Response | Exception


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def service(waits: list[float]) -> Iterator[Callable[..., Service]]:
    """A service that gives these replies, one after the other; waiting takes no time, and chance always says 0."""
    opened: list[Service] = []

    def service(*replies: Reply) -> Service:
        left = list(replies)

        def reply(_request: httpx.Request) -> httpx.Response:
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        transport = httpx.MockTransport(reply)
        opened.append(
            Service(
                "toggl", "Toggl Track", "https://example.test", transport=transport, sleep=waits.append, chance=zero
            )
        )
        return opened[-1]

    yield service
    for each in opened:
        each.close()


def zero() -> float:
    return 0.0


def test_waits_grow_between_tries(service: Callable[..., Service], waits: list[float]) -> None:
    asked = service(*[httpx.Response(503)] * 4, httpx.Response(200, json=[1]))
    assert asked.ask(Question("/me")).body == [1]
    assert (waits, asked.requests) == ([1, 2, 4, 8], 5)


def test_a_service_that_says_how_long_to_wait_is_believed(service: Callable[..., Service], waits: list[float]) -> None:
    service(httpx.Response(503, headers={"Retry-After": "17"}), httpx.Response(200, json={})).ask(Question("/me"))
    assert waits == [17]


def test_a_wait_of_an_hour_is_left_to_the_caller(service: Callable[..., Service], waits: list[float]) -> None:
    with pytest.raises(SourceUnavailable, match="answered 429 and asks to wait 3600 seconds"):
        service(httpx.Response(429, headers={"Retry-After": "3600"})).ask(Question("/me"))
    assert waits == []


def test_after_a_429_requests_come_one_a_second(service: Callable[..., Service], waits: list[float]) -> None:
    asked = service(httpx.Response(429), *[httpx.Response(200, json={})] * 3)
    for _ in range(3):
        asked.ask(Question("/me"))
    assert waits == [1, 1, 1, 1]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 410])
def test_a_refusal_is_handed_over_at_once(service: Callable[..., Service], waits: list[float], status: int) -> None:
    answer = service(httpx.Response(status, text='"because"')).ask(Question("/me"))
    assert (answer.status, answer.excerpt, waits) == (status, "because", [])


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (httpx.ConnectError("refused"), "Toggl Track could not be reached five times."),
        (httpx.ReadTimeout("slow"), "Toggl Track did not answer in time five times."),
        (httpx.RemoteProtocolError("gone"), "Toggl Track broke off its answer five times."),
        (httpx.DecodingError("no gzip"), "Toggl Track sent an unreadable answer five times."),
        (httpx.Response(502, text="<html>"), "Toggl Track answered 502 five times."),
        (httpx.Response(200, text='{"half'), "Toggl Track sent unreadable JSON five times."),
        (httpx.Response(200, text='{"seconds": NaN}'), "Toggl Track sent unreadable JSON five times."),
    ],
)
def test_after_five_tries_a_sentence_says_what_was_wrong(
    service: Callable[..., Service], reply: Reply, sentence: str
) -> None:
    with pytest.raises(SourceUnavailable) as unavailable:
        service(*[reply] * 5).ask(Question("/me"))
    assert unavailable.value.sentence == sentence


def test_an_empty_answer_is_no_error(service: Callable[..., Service]) -> None:
    assert service(httpx.Response(200)).ask(Question("/me")).body is None
