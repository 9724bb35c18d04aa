"""Supabase Storage: pages and their pictures in a private bucket, opened by signed links."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

import httpx
from pydantic import SecretStr

from tasks.errors import DeliveryError
from tasks.publish.channel import Links, PassingError, Patience
from tasks.report.making import Page

if TYPE_CHECKING:
    from storage3 import SyncStorageClient

TITLE = "Supabase Storage"
# A page is small, but the line from a home may be slow.
ANSWER_WITHIN_SECONDS = 120.0
CONNECT_WITHIN_SECONDS = 10.0
LINK_LASTS_SECONDS = 7 * 24 * 3600
# Not long, because a page that was set anew takes the place of the one before.
CACHED_SECONDS = 60

_Answer = TypeVar("_Answer")


@dataclass
class ReportBucket:
    """The bucket of the reports in the Supabase project at `url`; an object's name is its path in the report folder."""

    url: str
    key: SecretStr
    bucket: str
    patience: Patience
    answer_within_seconds: float = ANSWER_WITHIN_SECONDS

    name: ClassVar[str] = "storage"
    title: ClassVar[str] = TITLE
    keeps: ClassVar[bool] = True

    def __post_init__(self) -> None:
        self._is_known_private = False

    def deliver(self, page: Page, _links: Links | None = None) -> Links:
        """Store page and picture over what is there, in a bucket that is made if it is missing; gives links to them.

        DeliveryError when Storage refuses, the bucket is public, or nothing answers however often it is asked.
        """
        return self._patiently(lambda client: self._store(client, page))

    def links(self, page: Page) -> Links:
        """Give links to a page that is stored already; they last a week. DeliveryError as for `deliver`."""
        return self._patiently(lambda client: self._sign(client, page))

    def _patiently(self, work: Callable[["SyncStorageClient"], Links]) -> Links:
        def attempt() -> Links:
            with self._client() as client:
                return work(client)

        try:
            return self.patience.last(attempt)
        except _RefusalError as refusal:
            raise self._explained(refusal) from None

    @contextmanager
    def _client(self) -> Iterator["SyncStorageClient"]:
        # Supabase's client for Storage alone: `import supabase` takes half a second more, for sockets and sign-ins.
        from storage3 import SyncStorageClient

        key = self.key.get_secret_value()
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        timeout = httpx.Timeout(self.answer_within_seconds, connect=CONNECT_WITHIN_SECONDS)
        with httpx.Client(timeout=timeout) as client:
            yield SyncStorageClient(f"{self.url}/storage/v1/", headers, http_client=client)

    def _store(self, client: "SyncStorageClient", page: Page) -> Links:
        if not self._is_known_private:
            self._see_to_private_bucket(client)
        self._upload(client, page, page.path, "application/pdf")
        self._upload(client, page, page.picture, "image/png")
        return self._sign(client, page)

    def _see_to_private_bucket(self, client: "SyncStorageClient") -> None:
        public = self._is_public(client)
        if public is None:
            try:
                _asked(lambda: client.create_bucket(self.bucket, options={"public": False}))
            except _RefusalError as refusal:
                # Another run may have made it meanwhile.
                if refusal.status != 409:
                    raise
            public = self._is_public(client)
        if public:
            raise DeliveryError(
                f"The bucket {self.bucket!r} on Supabase is public, and your days are not.",
                "Make it private in Supabase's dashboard, or name another SUPABASE_REPORT_BUCKET.",
            )
        self._is_known_private = True

    def _is_public(self, client: "SyncStorageClient") -> bool | None:
        """Whether anybody may read the bucket; None when there is no such bucket."""
        try:
            return _asked(lambda: client.get_bucket(self.bucket).public)
        except _RefusalError as refusal:
            if refusal.status == 404:
                return None
            raise

    def _upload(self, client: "SyncStorageClient", page: Page, path: Path, media_type: str) -> None:
        name, content = _object_name(page, path), path.read_bytes()
        try:
            _asked(
                lambda: client.from_(self.bucket).upload(
                    name,
                    content,
                    {"content-type": media_type, "cache-control": str(CACHED_SECONDS), "upsert": "true"},
                )
            )
        except _RefusalError as refusal:
            if refusal.status == 404:
                self._is_known_private = False
                raise PassingError("has lost the bucket") from None
            # Two runs that store the same object at once: the other one's copy is there.
            if refusal.status != 409:
                raise

    def _sign(self, client: "SyncStorageClient", page: Page) -> Links:
        def signed(path: Path) -> str:
            files, name = client.from_(self.bucket), _object_name(page, path)
            return _asked(lambda: files.create_signed_url(name, LINK_LASTS_SECONDS)["signedURL"]) or ""

        return Links(signed(page.path), signed(page.picture))

    def _explained(self, refusal: "_RefusalError") -> DeliveryError:
        if refusal.status in {401, 403}:
            return DeliveryError(
                f"{TITLE} refuses SUPABASE_SERVICE_ROLE_KEY.",
                "Copy the secret (service_role) key of the project at SUPABASE_URL from Supabase's dashboard.",
            )
        if refusal.status == 413:
            return DeliveryError(
                f"{TITLE} finds the page too large.",
                f"Raise the size limit of the bucket {self.bucket!r}, or of the project, in Supabase's dashboard.",
                down=False,
            )
        return DeliveryError(
            f"{TITLE} answered {refusal.status}: {refusal.message}.",
            "Check SUPABASE_URL and the bucket in Supabase's dashboard.",
        )


class _RefusalError(Exception):
    """Storage said no, with the status of its body or, failing that, of its answer."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(status)


def _asked(question: Callable[[], _Answer]) -> _Answer:
    """The answer to one request; PassingError for what may pass by itself, _RefusalError for what Storage means."""
    from storage3.exceptions import StorageApiError

    try:
        return question()
    except StorageApiError as error:
        status = int(error.status)
        if status in {408, 429} or status >= 500:
            raise PassingError(f"answered {status}") from None
        raise _RefusalError(status, _one_line(error.message)) from None
    except httpx.TimeoutException:
        raise PassingError("did not answer in time") from None
    except httpx.ConnectError:
        raise PassingError("could not be reached") from None
    except httpx.TransportError:
        raise PassingError("broke off its answer") from None
    except (LookupError, TypeError, ValueError):
        raise PassingError("sent an unreadable answer") from None


def _one_line(message: str) -> str:
    line = " ".join(message.split()).rstrip(".")
    return "no reason given" if "<" in line else line[:200]


def _object_name(page: Page, path: Path) -> str:
    return f"{page.of.name}{path.suffix}"
