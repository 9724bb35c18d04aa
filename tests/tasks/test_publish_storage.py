"""Pages in Supabase Storage: private, replaced when they change, and what each refusal and each bad moment means."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.server import StandIn
from infra.local.supabase_storage import Bucket
from tasks.errors import DeliveryError
from tasks.publish.channel import TRIES, Patience
from tasks.publish.storage import TITLE, ReportBucket
from tasks.report.making import Page
from tests.tasks.publishing import a_page

UPLOAD = "/storage/v1/object/reports/"
PDF, PNG = "2026/2026-11-23.pdf", "2026/2026-11-23.png"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return a_page(tmp_path_factory.mktemp("out"))


@pytest.fixture
def waits() -> list[float]:
    """How long was waited between tries, in seconds, without waiting."""
    return []


@pytest.fixture
def bucket(stand_in: StandIn, waits: list[float]) -> ReportBucket:
    key = SecretStr(credentials.SUPABASE_SERVICE_ROLE_KEY)
    return ReportBucket(stand_in.url, key, "reports", Patience(TITLE, waits.append))


def _complaint(deliver: Callable[[], object]) -> str:
    with pytest.raises(DeliveryError) as caught:
        deliver()
    assert credentials.SUPABASE_SERVICE_ROLE_KEY not in str(caught.value)
    return str(caught.value)


def test_page_and_picture_are_kept_in_a_private_bucket_and_open_by_their_links(
    bucket: ReportBucket, stand_in: StandIn, page: Page
) -> None:
    links = bucket.deliver(page)
    kept = stand_in.storage.buckets["reports"]
    assert kept.public is False
    assert {name: file.content for name, file in kept.files.items()} == {
        PDF: page.path.read_bytes(),
        PNG: page.picture.read_bytes(),
    }
    for link, media_type in ((links.page, "application/pdf"), (links.picture, "image/png")):
        opened = httpx.get(link).raise_for_status()
        assert opened.headers["Content-Type"] == media_type
        assert opened.headers["Cache-Control"] == "max-age=60"
    assert httpx.get(links.page).content == page.path.read_bytes()


def test_links_last_a_week_and_are_made_anew(
    bucket: ReportBucket, stand_in: StandIn, page: Page, clock: ManualClock
) -> None:
    links = bucket.deliver(page)
    clock.advance(days=6, hours=23)
    assert httpx.get(links.page).is_success
    clock.advance(hours=2)
    assert httpx.get(links.page).is_error
    stand_in.requests.clear()
    assert httpx.get(bucket.links(page).picture).is_success
    assert not any(seen.path.startswith(UPLOAD) for seen in stand_in.requests)


def test_a_page_set_anew_takes_the_place_of_the_one_before(
    bucket: ReportBucket, stand_in: StandIn, page: Page, tmp_path: Path
) -> None:
    bucket.deliver(page)
    anew = a_page(tmp_path, subtitle="a holiday after all")
    bucket.deliver(anew)
    assert stand_in.storage.buckets["reports"].files[PDF].content == anew.path.read_bytes() != page.path.read_bytes()


def test_a_public_bucket_gets_nothing(bucket: ReportBucket, stand_in: StandIn, page: Page, clock: ManualClock) -> None:
    stand_in.storage.buckets["reports"] = Bucket("reports", public=True, created_at=clock())
    said = _complaint(lambda: bucket.deliver(page))
    assert said.startswith("The bucket 'reports' on Supabase is public, and your days are not. Make it private")
    assert stand_in.storage.buckets["reports"].files == {}


@pytest.mark.parametrize("key", ["wrong", "demo-anon-key"])
def test_a_key_that_may_not_is_refused_at_once_and_named(
    bucket: ReportBucket, stand_in: StandIn, page: Page, key: str, waits: list[float]
) -> None:
    bucket.key = SecretStr(key)
    said = _complaint(lambda: bucket.deliver(page))
    assert said.startswith("Supabase Storage refuses SUPABASE_SERVICE_ROLE_KEY. Copy the secret (service_role) key")
    assert key not in said
    assert waits == []
    assert len(stand_in.requests) <= 2


def test_a_401_of_the_gateway_is_the_key_too(bucket: ReportBucket, stand_in: StandIn, page: Page) -> None:
    stand_in.faults.add(Fault("/storage", "status", status=401, body='{"message":"Invalid API key"}'))
    assert "refuses SUPABASE_SERVICE_ROLE_KEY" in _complaint(lambda: bucket.deliver(page))


def test_a_page_that_is_too_large_is_said_to_be_and_not_tried_again(
    bucket: ReportBucket, stand_in: StandIn, page: Page, waits: list[float]
) -> None:
    stand_in.storage.size_limit = 1000
    said = _complaint(lambda: bucket.deliver(page))
    assert said.startswith("Supabase Storage finds the page too large. Raise the size limit of the bucket 'reports'")
    assert waits == []


def test_a_bucket_that_vanishes_is_made_again(bucket: ReportBucket, stand_in: StandIn, page: Page) -> None:
    bucket.deliver(page)
    del stand_in.storage.buckets["reports"]
    bucket.deliver(page)
    assert sorted(stand_in.storage.buckets["reports"].files) == [PDF, PNG]


def test_another_run_that_stores_the_same_page_at_once_is_no_failure(
    bucket: ReportBucket, stand_in: StandIn, page: Page
) -> None:
    bucket.deliver(page)
    duplicate = '{"statusCode":"409","error":"Duplicate","message":"The resource already exists"}'
    stand_in.faults.add(Fault(UPLOAD, "status", status=400, body=duplicate))
    assert httpx.get(bucket.deliver(page).page).is_success


@pytest.mark.parametrize(
    "fault",
    [
        Fault(UPLOAD, "status", times=2, status=503),
        Fault(UPLOAD, "status", times=2, status=544, body='{"statusCode":"544","error":"x","message":"timed out"}'),
        Fault("/storage/v1/object/sign", "truncated", times=2),
        Fault("/storage/v1/bucket", "reset", times=2),
        Fault("/storage/v1/bucket", "status", times=2, status=429, body="slow down"),
    ],
    ids=["503", "544", "half an answer", "reset", "429"],
)
def test_a_bad_moment_is_sat_out_with_longer_and_longer_waits(
    bucket: ReportBucket, stand_in: StandIn, page: Page, fault: Fault, waits: list[float]
) -> None:
    stand_in.faults.add(fault)
    assert httpx.get(bucket.deliver(page).page).is_success
    assert waits == [1, 2]


def test_an_outage_is_told_after_a_bounded_number_of_tries(
    bucket: ReportBucket, stand_in: StandIn, page: Page, waits: list[float]
) -> None:
    stand_in.faults.add(Fault("/storage", "status", times=99, status=500))
    said = _complaint(lambda: bucket.deliver(page))
    assert said == (
        "Supabase Storage answered 500, 4 times in a row. The page is on the disk; the next run tries again."
    )
    assert len(stand_in.requests) == TRIES
    assert waits == [1, 2, 4]


def test_a_project_that_cannot_be_reached_is_told(bucket: ReportBucket, page: Page, free_port: int) -> None:
    bucket.url = f"http://127.0.0.1:{free_port}"
    assert "Supabase Storage could not be reached, 4 times in a row." in _complaint(lambda: bucket.deliver(page))


def test_a_slow_upload_is_waited_for_up_to_a_limit(bucket: ReportBucket, stand_in: StandIn, page: Page) -> None:
    bucket.answer_within_seconds = 0.5
    stand_in.faults.add(Fault(UPLOAD, "slow", seconds=0.2))
    bucket.deliver(page)
    stand_in.faults.add(Fault(UPLOAD, "slow", times=9, seconds=0.7))
    assert "Supabase Storage did not answer in time, 4 times in a row." in _complaint(lambda: bucket.deliver(page))
