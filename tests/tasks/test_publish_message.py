"""Messages say the gist in three lines, carry the picture, and fail without telling the address."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.apprise_urls import service_at
from tasks.errors import DeliveryError
from tasks.publish.channel import TRIES, Links, Patience
from tasks.publish.message import Messenger
from tasks.report.making import Page
from tests.tasks.publishing import SECRET, WebService, a_page, web_service

LINKS = Links("https://kept.test/page?token=t", "https://kept.test/picture?token=t")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return a_page(tmp_path_factory.mktemp("out"))


@pytest.fixture
def web() -> Iterator[WebService]:
    with web_service() as service:
        yield service


def _messenger(url: str, waits: list[float] | None = None) -> Messenger:
    service = service_at(url)
    assert service is not None
    return Messenger(service, "json", Patience("JSON", (waits if waits is not None else []).append))


def test_a_message_has_title_gist_link_and_picture(web: WebService, page: Page) -> None:
    _messenger(web.url).deliver(page, LINKS)
    (message,) = web.messages
    assert message["title"] == "Monday, 23 November 2026"
    assert message["message"] == (
        "Plan adherence 79 %\n"
        "Tracked 22 h 45, 95 % of the day\n"
        "ラン 8 km (18:00–19:00) did not happen, displaced by Chores. Email took 1 h 28 more than planned.\n"
        "The page: https://kept.test/page?token=t"
    )
    assert isinstance(message["attachments"], list)
    (picture,) = message["attachments"]
    assert (picture["filename"], picture["mimetype"]) == ("2026-11-23.png", "image/png")
    assert base64.b64decode(picture["base64"]) == page.picture.read_bytes()


def test_a_message_says_what_the_reader_must_know_and_no_link_where_there_is_none(
    web: WebService, tmp_path: Path
) -> None:
    _messenger(web.url).deliver(a_page(tmp_path, gist=("[a](b) <c> *d*",), notices=("Perhaps incomplete.",)))
    assert web.messages[0]["message"] == "[a](b) <c> *d*\nPerhaps incomplete."


def test_a_bad_moment_is_sat_out(web: WebService, page: Page) -> None:
    web.statuses = [503, 429]
    waits: list[float] = []
    _messenger(web.url, waits).deliver(page)
    assert len(web.messages) == 1
    assert waits == [1, 2]


def test_an_outage_is_told_after_a_bounded_number_of_tries_without_the_address(
    web: WebService, page: Page, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    web.statuses = [500] * 9
    with pytest.raises(DeliveryError) as caught:
        _messenger(web.url).deliver(page)
    assert str(caught.value) == (
        "JSON did not take the message (500), 4 times in a row. The page is on the disk; the next run tries again."
    )
    assert web.requests == TRIES
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


def test_a_refusal_is_not_tried_again_and_names_the_variable(web: WebService, page: Page) -> None:
    web.statuses = [403]
    with pytest.raises(DeliveryError) as caught:
        _messenger(web.url).deliver(page)
    assert str(caught.value) == "JSON refuses the message (403). Check the json:// address in NOTIFY_URLS."
    assert web.requests == 1


def test_a_service_that_cannot_be_reached_is_told(
    page: Page, free_port: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DeliveryError, match=r"^JSON did not take the message, 4 times in a row\."):
        _messenger(f"json://me:{SECRET}@127.0.0.1:{free_port}/{SECRET}").deliver(page)
    assert SECRET not in caplog.text + "".join(capfd.readouterr())
