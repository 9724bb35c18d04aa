"""A letter can be read on a watch and in mail programs of every kind, and fails without telling the address."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from apprise.plugins.email.base import NotifyEmail

from tasks.apprise_urls import service_at
from tasks.errors import DeliveryError
from tasks.publish.channel import TRIES, Links, Patience
from tasks.publish.mail import TITLE, Mailbox, Postage, in_html
from tasks.report.making import Page
from tests.tasks.publishing import SECRET, MailServer, a_page, mail_server

LINKS = Links("https://kept.test/page?token=t", "https://kept.test/picture?token=t")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return a_page(tmp_path_factory.mktemp("out"))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def _mailbox(port: int, more: str = "", password: str = SECRET, waits: list[float] | None = None) -> Mailbox:
    url = f"mailto://me:{password}@127.0.0.1:{port}/?from=me@home.test&to=me@home.test&mode=insecure{more}"
    service = service_at(url)
    assert service is not None
    assert isinstance(service, NotifyEmail)
    return Mailbox(Postage.of(service), "mailto", Patience(TITLE, (waits if waits is not None else []).append))


def _parts(letter: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in letter.walk()}


def _complaint(mailbox: Mailbox, page: Page) -> str:
    with pytest.raises(DeliveryError) as caught:
        mailbox.deliver(page)
    assert SECRET not in str(caught.value)
    assert "home.test" not in str(caught.value)
    return str(caught.value)


def test_the_letter_has_the_result_in_its_subject_plain_text_the_picture_inside_and_the_page_attached(
    server: MailServer, page: Page
) -> None:
    _mailbox(server.port).deliver(page, LINKS)
    (letter,) = server.letters
    assert letter["Subject"] == "Monday, 23 November 2026: Plan adherence 79 %"
    assert (letter["From"], letter["To"]) == ("lifetracer <me@home.test>", "me@home.test")
    parts = _parts(letter)
    assert list(parts) == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"),
        "application/pdf",
    ]
    plain = parts["text/plain"].get_content()
    assert plain.splitlines() == [*page.sheet.gist, "The page: https://kept.test/page?token=t"]
    assert parts["image/png"].get_content() == page.picture.read_bytes()
    assert parts["image/png"]["Content-ID"].strip("<>") in parts["text/html"].get_content()
    assert parts["application/pdf"].get_content() == page.path.read_bytes()
    assert parts["application/pdf"].get_filename() == "2026-11-23.pdf"


def test_the_html_is_small_loads_nothing_and_says_what_the_page_says(page: Page) -> None:
    html = in_html(page, LINKS, picture="cid:p")
    assert len(html.encode()) < 30_000
    assert re.findall(r'(?:src|background)="([^"]*)"|url\(([^)]*)\)', html) == [("cid:p", "")]
    assert set(re.findall(r'href="([^"]*)"', html)) == {LINKS.page}
    for said in (page.sheet.title, *page.sheet.gist, "Toggl Track read 24 Nov 0:01"):
        assert said in html


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{{ 7 * 7 }}"])
def test_whatever_a_title_holds_is_shown_as_it_stands(text: str, tmp_path: Path) -> None:
    html = in_html(a_page(tmp_path, title=text, notices=(text,), gist=(text,), subtitle=text), LINKS, picture="cid:p")
    assert "<script" not in html
    assert html.count("<img") == 1
    assert "49" not in re.sub(r"#\w+", "", html)


def test_the_letter_speaks_the_language_of_its_page(server: MailServer, tmp_path: Path) -> None:
    _mailbox(server.port).deliver(
        a_page(tmp_path, locale="ja", title="2026年11月23日(月)", gist=("計画遵守率 79%",)), LINKS
    )
    (letter,) = server.letters
    assert letter["Subject"] == "2026年11月23日(月): 計画遵守率 79%"
    assert "レポートを開く" in _parts(letter)["text/html"].get_content()


def test_recipients_names_and_headers_are_those_of_the_address(server: MailServer, page: Page) -> None:
    more = "&cc=cc@home.test&bcc=bcc@home.test&reply=re@home.test&name=Diary&%2BX-Mine=yes&to=you@home.test"
    _mailbox(server.port, more).deliver(page)
    (envelope,), (letter,) = server.envelopes, server.letters
    assert sorted(envelope.rcpt_tos) == ["bcc@home.test", "cc@home.test", "you@home.test"]
    assert (letter["Cc"], letter["Reply-To"], letter["Bcc"]) == ("cc@home.test", "re@home.test", None)
    assert letter["From"] == "Diary <me@home.test>"


def test_the_same_page_is_the_same_letter_and_another_one_is_not(
    server: MailServer, page: Page, tmp_path: Path
) -> None:
    for each in (page, page, a_page(tmp_path, subtitle="changed")):
        _mailbox(server.port).deliver(each)
    first, again, changed = (letter["Message-ID"] for letter in server.letters)
    assert first == again != changed


def test_a_bad_moment_is_sat_out(server: MailServer, page: Page) -> None:
    server.answers = ["451 try later", "421 closing"]
    waits: list[float] = []
    _mailbox(server.port, waits=waits).deliver(page)
    assert len(server.letters) == 1
    assert waits == [1, 2]


def test_an_outage_is_told_after_a_bounded_number_of_tries(server: MailServer, page: Page) -> None:
    server.answers = ["452 no room"] * 9
    assert _complaint(_mailbox(server.port), page).startswith("The mail server answered 452, 4 times in a row.")
    assert server.tries == TRIES


def test_a_wrong_password_is_not_tried_again_and_names_the_variable(server: MailServer, page: Page) -> None:
    waits: list[float] = []
    said = _complaint(_mailbox(server.port, password="wrong", waits=waits), page)
    assert said == (
        "The mail server refuses user name or password (535)."
        " Check the mailto:// address in NOTIFY_URLS. A mailbox with two-step sign-in wants an app password."
    )
    assert waits == []


def test_a_letter_that_is_too_large_is_not_tried_again(server: MailServer, page: Page) -> None:
    server.answers = ["552 too big"]
    assert _complaint(_mailbox(server.port), page).startswith("The mail server refuses the mail (552).")


def test_refused_recipients_are_counted_and_the_others_have_the_letter(server: MailServer, page: Page) -> None:
    server.strangers = {"cc@home.test"}
    said = _complaint(_mailbox(server.port, "&cc=cc@home.test"), page)
    assert said.startswith("The mail server refuses 1 of 2 recipients; the others have the mail.")
    server.strangers.add("me@home.test")
    said = _complaint(_mailbox(server.port, "&cc=cc@home.test"), page)
    assert said.startswith("The mail server refuses the recipients (550).")
    assert len(server.letters) == 1


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
def test_a_server_without_the_encryption_asked_for_gets_no_password(server: MailServer, page: Page, mode: str) -> None:
    said = _complaint(_mailbox(server.port, f"&mode={mode}"), page)
    assert said.startswith("The mail server does not offer the encryption or sign-in that the mailto:// address asks")
    assert server.tries == 0


def test_a_server_that_cannot_be_reached_is_told(page: Page, free_port: int) -> None:
    assert "The mail server could not be reached, 4 times in a row." in _complaint(_mailbox(free_port), page)
