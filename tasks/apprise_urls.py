"""NOTIFY_URLS as Apprise reads them: where one ends and the next begins, and which service each of them is.

They hold tokens and passwords: of an address only the scheme may be printed, and none of Apprise's own log lines.
"""

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apprise import NotifyBase

# A comma within an address, as between two recipients, is not followed by a scheme.
_BETWEEN = re.compile(r",\s*(?=[A-Za-z][\w+.-]*://)")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*(?=://)")

# Apprise gives up after 4 seconds; then a picture on a slow line would be sent again and again.
ANSWER_WITHIN_SECONDS = 60.0

LOG = logging.getLogger("apprise")


def split_urls(text: str) -> tuple[str, ...]:
    """The addresses of a comma separated list."""
    return tuple(url for url in (part.strip(" ,\t\n") for part in _BETWEEN.split(text)) if url)


def service_at(url: str) -> "NotifyBase | None":
    """The service that an address names, ready to be asked, or None when Apprise makes nothing of it."""
    # A third of a second, which only those who want messages need to wait.
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    LOG.addFilter(_nothing_leaves)
    # Services would load these pictures of Apprise's from GitHub to stand beside a message.
    asset = AppriseAsset(
        app_id="lifetracer", app_desc="lifetracer", app_url="", image_url_mask="", image_url_logo="", async_mode=False
    )
    service = Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.socket_read_timeout = max(service.socket_read_timeout, ANSWER_WITHIN_SECONDS)
    return service


def scheme_of(url: str) -> str:
    """What stands before `://`, in lower case; empty when nothing does."""
    scheme = _SCHEME.match(url)
    return scheme.group().lower() if scheme else ""


def _nothing_leaves(_record: logging.LogRecord) -> bool:
    return False
