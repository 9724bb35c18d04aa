"""Supabase Storage's API as far as files are kept and shared through it: buckets, uploads, signed links."""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Never

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.clock import Clock
from infra.local.credentials import SUPABASE_SERVICE_ROLE_KEY
from infra.local.wire import JsonObject, RefusalError, json_response

_PREFIX = "/storage/v1"
_SIGN = "object/sign"


@dataclass(frozen=True)
class StoredFile:
    """One object: its bytes and what it is served with."""

    content: bytes
    media_type: str
    cache_control: str


@dataclass
class Bucket:
    """A bucket and its objects by name."""

    name: str
    public: bool
    created_at: datetime
    files: dict[str, StoredFile] = field(default_factory=dict)


@dataclass(frozen=True)
class _Link:
    bucket: str
    name: str
    ends_at: datetime


@dataclass(frozen=True)
class _Upload:
    """A request to keep something: its path's variables, its headers and its body."""

    path: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Mapping[str, object]:
        """The body as an object."""
        said = json.loads(self.body or b"{}")
        return said if isinstance(said, dict) else {}


_Handler = Callable[[_Upload], Response]


class Storage:
    """The routes under `/storage/v1`, and what is kept behind them.

    `key` opens it; a request with `anon_key` is let in, but row level security hides every bucket from it.
    `size_limit` is the most bytes of an upload.
    """

    def __init__(self, clock: Clock) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.key = SUPABASE_SERVICE_ROLE_KEY
        self.anon_key = "demo-anon-key"
        self.size_limit = 50_000_000
        self._clock = clock
        self._links: dict[str, _Link] = {}

    def routes(self) -> list[Route]:
        """Every route; all but the download through a signed link want the key."""
        return [
            self._route("/bucket", self._create_bucket, "POST"),
            self._route("/bucket/{bucket}", self._bucket, "GET"),
            self._route(f"/{_SIGN}/{{bucket}}/{{name:path}}", self._sign, "POST"),
            Route(f"{_PREFIX}/{_SIGN}/{{bucket}}/{{name:path}}", self._download, methods=["GET"]),
            self._route("/object/{bucket}/{name:path}", self._upload, "POST"),
        ]

    def _route(self, path: str, handler: _Handler, method: str) -> Route:
        return Route(f"{_PREFIX}{path}", self._guard(handler), methods=[method])

    def _guard(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            # Read before any answer, as the gateway does: a client that is still sending would see a broken line.
            upload = _Upload(request.path_params, request.headers, await request.body())
            try:
                self._check_key(request.headers)
                return handler(upload)
            except RefusalError as refusal:
                return refusal.response

        return endpoint

    def _check_key(self, headers: Mapping[str, str]) -> None:
        if "apikey" not in headers:
            # The gateway says this one, not Storage.
            raise RefusalError(json_response({"message": "No API key found in request"}, 401))
        if headers.get("authorization") not in {f"Bearer {self.key}", f"Bearer {self.anon_key}"}:
            _refuse(403, "Unauthorized", "Invalid Compact JWS")

    def _is_anonymous(self, upload: _Upload) -> bool:
        return upload.headers.get("authorization") == f"Bearer {self.anon_key}"

    def _known(self, upload: _Upload) -> Bucket:
        bucket = self.buckets.get(upload.path["bucket"])
        if bucket is None or self._is_anonymous(upload):
            _refuse(404, "Bucket not found", "Bucket not found")
        return bucket

    def _bucket(self, upload: _Upload) -> Response:
        return json_response(_bucket_json(self._known(upload)))

    def _create_bucket(self, upload: _Upload) -> Response:
        if self._is_anonymous(upload):
            _refuse(403, "Unauthorized", "new row violates row-level security policy")
        asked = upload.json()
        name = str(asked["id"])
        if name in self.buckets:
            _refuse(409, "Duplicate", "The resource already exists")
        self.buckets[name] = Bucket(name, asked.get("public") is True, self._clock())
        return json_response({"name": name})

    def _upload(self, upload: _Upload) -> Response:
        bucket, name = self._known(upload), upload.path["name"]
        file = _file_of(upload)
        if len(file.content) > self.size_limit:
            _refuse(413, "Payload too large", "The object exceeded the maximum allowed size")
        if name in bucket.files and upload.headers.get("x-upsert") != "true":
            _refuse(409, "Duplicate", "The resource already exists")
        bucket.files[name] = file
        return json_response({"Key": f"{bucket.name}/{name}", "Id": secrets.token_hex(16)})

    def _sign(self, upload: _Upload) -> Response:
        bucket, name = self._known(upload), upload.path["name"]
        if name not in bucket.files:
            _refuse(404, "not_found", "Object not found")
        token = secrets.token_urlsafe(24)
        ends_at = self._clock() + timedelta(seconds=int(str(upload.json()["expiresIn"])))
        self._links[token] = _Link(bucket.name, name, ends_at)
        return json_response({"signedURL": f"/{_SIGN}/{bucket.name}/{name}?token={token}"})

    async def _download(self, request: Request) -> Response:
        asked = (request.path_params["bucket"], request.path_params["name"])
        link = self._links.get(request.query_params.get("token", ""))
        try:
            if link is None or (link.bucket, link.name) != asked:
                _refuse(400, "InvalidJWT", "Invalid Compact JWS")
            if link.ends_at < self._clock():
                _refuse(400, "InvalidJWT", '"exp" claim timestamp check failed')
        except RefusalError as refusal:
            return refusal.response
        file = self.buckets[link.bucket].files[link.name]
        return Response(file.content, 200, {"Cache-Control": file.cache_control}, file.media_type)


def _bucket_json(bucket: Bucket) -> JsonObject:
    created = bucket.created_at.isoformat()
    return {
        "id": bucket.name,
        "name": bucket.name,
        "owner": "",
        "public": bucket.public,
        "created_at": created,
        "updated_at": created,
        "file_size_limit": None,
        "allowed_mime_types": None,
    }


def _file_of(upload: _Upload) -> StoredFile:
    """The file of a form, whose other field says how long it may be cached."""
    head = f"Content-Type: {upload.headers['content-type']}\r\n\r\n"
    parts = {
        part.get_param("name", header="content-disposition"): part
        for part in message_from_bytes(head.encode() + upload.body).walk()
        if not part.is_multipart()
    }
    return StoredFile(
        _content(parts["file"]),
        parts["file"].get_content_type(),
        f"max-age={_content(parts['cacheControl']).decode()}" if "cacheControl" in parts else "no-cache",
    )


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _refuse(status: int, error: str, message: str) -> Never:
    """Answer with an error: Storage puts the true status into the body, and 400 (or 500) on the line.

    Source: supabase/storage, src/http/error-handler.ts.
    """
    body = {"statusCode": str(status), "error": error, "message": message}
    raise RefusalError(json_response(body, 500 if status == 500 else 400))
