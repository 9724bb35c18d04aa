"""A round of deliveries: every channel for itself, nothing twice, and a log that knows how each page fared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import httpx
import psycopg
import pytest

from infra.local import credentials
from infra.local.server import StandIn
from tasks.publish.channel import TRIES
from tasks.publish.channels import channels_of
from tasks.publish.delivering import Round
from tasks.report.editions import PageOf
from tasks.report.making import Page
from tasks.report.page import Source
from tasks.settings import Settings, load_settings
from tests.reports.days import MONDAY
from tests.tasks.publishing import SECRET, MailServer, WebService, a_page, mail_server, web_service

PAGE = PageOf("daily", MONDAY)
TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Readers:
    """Where pages are kept, and who is told of them."""

    stand_in: StandIn
    web: WebService
    mail: MailServer

    @property
    def told(self) -> tuple[int, int]:
        """How many messages and how many letters there were."""
        return len(self.web.messages), len(self.mail.letters)

    @property
    def kept(self) -> list[str]:
        """The names of what is kept."""
        return sorted(self.stand_in.storage.buckets["reports"].files)


@pytest.fixture
def readers(stand_in: StandIn) -> Iterator[Readers]:
    with web_service() as web, mail_server() as mail:
        yield Readers(stand_in, web, mail)


@pytest.fixture
def settings(readers: Readers, tmp_path: Path) -> Settings:
    """A bucket, a web service and a mailbox."""
    letters = f"mailto://me:{SECRET}@127.0.0.1:{readers.mail.port}/?from=me@home.test&to=me@home.test&mode=insecure"
    return load_settings(
        lifetracer_report_dir=tmp_path / "out",
        supabase_url=readers.stand_in.url,
        supabase_service_role_key=credentials.SUPABASE_SERVICE_ROLE_KEY,
        notify_urls=f"{readers.web.url},{letters}",
    )


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return a_page(tmp_path / "out")


def _round(settings: Settings, today: date = TUESDAY) -> Round:
    return Round(today, channels_of(settings, sleep=lambda _seconds: None))


def _deliver(connection: psycopg.Connection, settings: Settings, *pages: Page, today: date = TUESDAY) -> dict[str, str]:
    """Deliver the pages of one run, the last of which is the newest; gives the faults by channel."""
    deliveries = _round(settings, today)
    for page in reversed(pages):
        deliveries.deliver(page, connection, newest=page is pages[-1])
    return {name: str(fault) for name, fault in deliveries.faults.items()}


def _logged(connection: psycopg.Connection, day: date = MONDAY) -> dict[str, str]:
    """How the page of a day stands in the log, by channel."""
    with connection.transaction():
        row = connection.execute("select channels from marts.report_log where day = %s", (day,)).fetchone()
    assert row is not None
    return {name: said["state"] for name, said in row[0].items()}


def _row(connection: psycopg.Connection) -> tuple[object, ...]:
    with connection.transaction():
        row = connection.execute("select made_at, data_as_of, checksum, channels from marts.report_log").fetchone()
    assert row is not None
    return row


def test_a_page_reaches_every_channel_and_the_log_says_so(
    connection: psycopg.Connection, settings: Settings, page: Page, readers: Readers
) -> None:
    assert _deliver(connection, settings, page) == {}
    assert readers.kept == ["2026/2026-11-23.pdf", "2026/2026-11-23.png"]
    link = str(readers.web.messages[0]["message"]).rpartition("The page: ")[2]
    assert httpx.get(link).content == page.path.read_bytes()
    assert link in readers.mail.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    made_at, data_as_of, _, _ = _row(connection)
    assert made_at == page.sheet.generated_at
    assert data_as_of == datetime(2026, 11, 23, 15, 1, tzinfo=UTC)
    assert _logged(connection) == dict.fromkeys(("storage", "json", "mailto"), "delivered")


def test_what_was_delivered_is_not_delivered_again(
    connection: psycopg.Connection, settings: Settings, page: Page, readers: Readers
) -> None:
    _deliver(connection, settings, page)
    before = _row(connection)
    readers.stand_in.requests.clear()
    assert _deliver(connection, settings, page) == {}
    assert readers.told == (1, 1)
    assert not any(seen.path.startswith("/storage/v1/object/reports") for seen in readers.stand_in.requests)
    assert _row(connection) == before


def test_two_runs_at_once_deliver_once(settings: Settings, page: Page, database_url: str, readers: Readers) -> None:
    def run() -> None:
        with psycopg.connect(database_url) as own:
            _deliver(own, settings, page)

    runs = [Thread(target=run) for _ in range(3)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert readers.told == (1, 1)


def test_a_changed_page_is_kept_anew_and_told_of_again_only_while_it_is_fresh(
    connection: psycopg.Connection, settings: Settings, page: Page, tmp_path: Path, readers: Readers
) -> None:
    _deliver(connection, settings, page)
    changed = a_page(tmp_path / "out", subtitle="changed once")
    _deliver(connection, settings, changed)
    assert len(readers.web.messages) == 2
    before = changed.path.read_bytes()
    late = a_page(tmp_path / "out", subtitle="changed twice")
    _deliver(connection, settings, late, today=TUESDAY + timedelta(days=1))
    assert len(readers.web.messages) == 2
    kept = readers.stand_in.storage.buckets["reports"].files["2026/2026-11-23.pdf"]
    assert kept.content == late.path.read_bytes() != before


def test_readers_are_told_of_the_newest_page_only_but_every_page_is_kept(
    connection: psycopg.Connection, settings: Settings, page: Page, tmp_path: Path, readers: Readers
) -> None:
    older = [a_page(tmp_path / "out", MONDAY - timedelta(days=days)) for days in (2, 1)]
    _deliver(connection, settings, *older, page)
    assert [message["title"] for message in readers.web.messages] == ["Monday, 23 November 2026"]
    assert len(readers.kept) == 6
    assert _logged(connection, MONDAY - timedelta(days=1)) == {
        "storage": "delivered",
        "json": "skipped",
        "mailto": "skipped",
    }


@pytest.mark.parametrize("down", ["storage", "json", "mailto"])
def test_a_channel_that_is_down_costs_the_others_nothing_and_is_made_up_for(
    connection: psycopg.Connection, settings: Settings, page: Page, down: str, readers: Readers
) -> None:
    key = readers.stand_in.storage.key
    if down == "storage":
        readers.stand_in.storage.key = "another"
    readers.web.statuses = [500] * TRIES if down == "json" else []
    readers.mail.answers = ["451 later"] * TRIES if down == "mailto" else []
    others = {"storage", "json", "mailto"} - {down}

    assert list(_deliver(connection, settings, page)) == [down]
    assert _logged(connection) == {**dict.fromkeys(others, "delivered"), down: "failed"}
    assert readers.told == (int(down != "json"), int(down != "mailto"))

    readers.stand_in.storage.key = key
    assert _round(settings).owed(connection, settings, [PAGE]) == [PAGE]
    assert _deliver(connection, settings, page) == {}
    assert set(_logged(connection).values()) == {"delivered"}
    assert readers.told == (1, 1)
    assert readers.kept == ["2026/2026-11-23.pdf", "2026/2026-11-23.png"]
    assert _round(settings).owed(connection, settings, [PAGE]) == []


def test_a_message_that_failed_too_long_ago_is_let_go(
    connection: psycopg.Connection, settings: Settings, page: Page, readers: Readers
) -> None:
    readers.web.statuses = [500] * TRIES
    _deliver(connection, settings, page)
    much_later = MONDAY + timedelta(days=8)
    assert _deliver(connection, settings, page, today=much_later) == {}
    assert readers.web.messages == []


def test_a_channel_that_is_down_is_tried_for_one_page_of_a_run_and_owed_for_all(
    connection: psycopg.Connection, settings: Settings, tmp_path: Path, readers: Readers
) -> None:
    pages = [a_page(tmp_path / "out", MONDAY - timedelta(days=days)) for days in (2, 1, 0)]
    readers.stand_in.storage.key = "another"
    _deliver(connection, settings, *pages)
    assert len(readers.stand_in.requests) == 1
    assert [_logged(connection, page.sheet.date)["storage"] for page in pages] == ["failed"] * 3
    names = [page.of for page in pages]
    assert _round(settings).owed(connection, settings, names) == names


def test_a_page_that_is_too_large_does_not_keep_the_others_back(
    connection: psycopg.Connection, settings: Settings, page: Page, tmp_path: Path, readers: Readers
) -> None:
    older = a_page(tmp_path / "out", MONDAY - timedelta(days=1))
    page.path.write_bytes(b"%PDF" + b"x" * 1_000_000)
    readers.stand_in.storage.size_limit = 900_000
    faults = _deliver(connection, settings, older, page)
    assert faults["storage"].startswith("Supabase Storage finds the page too large.")
    assert _logged(connection)["storage"] == "failed"
    assert _logged(connection, MONDAY - timedelta(days=1))["storage"] == "delivered"


def test_a_run_that_died_before_it_delivered_is_made_up_for(
    connection: psycopg.Connection, settings: Settings, page: Page, tmp_path: Path
) -> None:
    a_page(tmp_path / "out", MONDAY - timedelta(days=1))
    pages = [PageOf("daily", MONDAY - timedelta(days=1)), PAGE]
    assert _round(settings).owed(connection, settings, pages) == pages
    only_messages = settings.model_copy(update={"supabase_service_role_key": None})
    assert _round(only_messages).owed(connection, only_messages, pages) == [PAGE]
    _deliver(connection, only_messages, page)
    assert _round(only_messages).owed(connection, only_messages, pages) == []


def test_an_invented_life_leaves_the_machine_on_no_channel(
    connection: psycopg.Connection, settings: Settings, page: Page, readers: Readers
) -> None:
    demo = settings.model_copy(update={"lifetracer_demo": True})
    assert _deliver(connection, demo, page) == {}
    assert (readers.stand_in.requests, readers.web.requests) == ([], 0)
    assert _logged(connection) == {}
    assert _round(demo).owed(connection, demo, [PAGE]) == []


def test_data_is_as_old_as_the_source_that_is_farthest_behind(
    connection: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    def sources(*moments: datetime | None) -> tuple[Source, ...]:
        return tuple(Source(source="toggl", as_of=moment, stale=False, text="") for moment in moments)

    early, late = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 24, 1, tzinfo=UTC)
    for given, expected in (((late, early), early), ((early, None), None), ((), None)):
        _deliver(connection, settings, a_page(tmp_path / "out", sources=sources(*given)))
        assert _row(connection)[1] == expected


def test_two_services_of_one_scheme_are_two_channels(settings: Settings, readers: Readers) -> None:
    twice = load_settings(notify_urls=f"{readers.web.url},{readers.web.url}2")
    assert [channel.name for channel in channels_of(twice)] == ["json", "json 2"]
    assert [channel.name for channel in channels_of(settings)] == ["storage", "json", "mailto"]


def test_no_secret_is_told_whatever_fails(
    connection: psycopg.Connection,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    readers: Readers,
) -> None:
    for logger in ("tasks", "apprise", "httpx", "httpcore"):
        caplog.set_level("DEBUG", logger=logger)
    page = a_page(settings.lifetracer_report_dir)
    readers.stand_in.storage.key = "another"
    readers.web.statuses, readers.mail.answers = [500] * TRIES, [f"550 {SECRET} is not welcome"]
    faults = _deliver(connection, settings, page)
    assert sorted(faults) == ["json", "mailto", "storage"]
    told = f"{faults} {_row(connection)} {caplog.text} {capfd.readouterr()} {channels_of(settings)}"
    for secret in (SECRET, credentials.SUPABASE_SERVICE_ROLE_KEY, "home.test", "json://me"):
        assert secret not in told
