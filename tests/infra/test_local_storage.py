"""The stand-in for Supabase Storage refuses what the service refuses, in the service's words."""

import httpx
import pytest

from infra.local import credentials
from infra.local.server import StandIn

KEY = credentials.SUPABASE_SERVICE_ROLE_KEY
FILE = {"file": ("a.pdf", b"%PDF-\r\n\x00\xff\n", "application/pdf")}


@pytest.fixture
def storage(stand_in: StandIn) -> httpx.Client:
    """Storage with one bucket, and the key to it."""
    client = httpx.Client(
        base_url=f"{stand_in.url}/storage/v1", headers={"apikey": KEY, "Authorization": f"Bearer {KEY}"}
    )
    client.post("/bucket", json={"id": "reports", "name": "reports", "public": False}).raise_for_status()
    return client


def _said(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["statusCode"], body["message"]


def test_what_is_uploaded_is_served_to_the_byte_through_a_signed_link_and_not_without(storage: httpx.Client) -> None:
    uploaded = storage.post("/object/reports/2026/a.pdf", files=FILE, data={"cacheControl": "60"}).raise_for_status()
    assert uploaded.json()["Key"] == "reports/2026/a.pdf"
    signed = storage.post("/object/sign/reports/2026/a.pdf", json={"expiresIn": "60"}).raise_for_status()
    link = signed.json()["signedURL"]
    served = httpx.get(f"{storage.base_url}".rstrip("/") + link).raise_for_status()
    assert served.content == b"%PDF-\r\n\x00\xff\n"
    for wrong in ("/object/sign/reports/2026/a.pdf", link.replace("a.pdf", "b.pdf"), link + "x"):
        assert httpx.get(f"{storage.base_url}".rstrip("/") + wrong).is_error


def test_storage_says_the_true_status_in_the_body(storage: httpx.Client, stand_in: StandIn) -> None:
    assert _said(storage.get("/bucket/other")) == (400, "404", "Bucket not found")
    assert _said(storage.post("/bucket", json={"id": "reports"})) == (400, "409", "The resource already exists")
    assert _said(storage.post("/object/sign/reports/a", json={"expiresIn": 1})) == (400, "404", "Object not found")
    storage.post("/object/reports/a", files=FILE).raise_for_status()
    assert _said(storage.post("/object/reports/a", files=FILE)) == (400, "409", "The resource already exists")
    assert storage.post("/object/reports/a", files=FILE, headers={"x-upsert": "true"}).is_success
    stand_in.storage.size_limit = 5
    too_large = storage.post("/object/reports/a", files=FILE, headers={"x-upsert": "true"})
    assert _said(too_large) == (400, "413", "The object exceeded the maximum allowed size")


def test_without_the_key_nothing_opens_and_with_the_anonymous_one_nothing_is_there(
    storage: httpx.Client, stand_in: StandIn
) -> None:
    assert httpx.get(f"{stand_in.url}/storage/v1/bucket/reports").status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert _said(storage.get("/bucket/reports", headers=wrong)) == (400, "403", "Invalid Compact JWS")
    anonymous = {"Authorization": f"Bearer {stand_in.storage.anon_key}"}
    assert _said(storage.get("/bucket/reports", headers=anonymous)) == (400, "404", "Bucket not found")
    made = storage.post("/bucket", json={"id": "mine"}, headers=anonymous)
    assert _said(made) == (400, "403", "new row violates row-level security policy")
