"""The channels that are set up, in the order in which a page goes to them."""

from collections import Counter
from collections.abc import Iterator

from tasks.apprise_urls import scheme_of, service_at
from tasks.publish.channel import Channel, Patience
from tasks.publish.mail import Mailbox, Postage
from tasks.publish.message import Messenger
from tasks.publish.storage import ReportBucket
from tasks.settings import Settings


def channels_of(settings: Settings) -> list[Channel]:
    """The bucket first, because messages tell its links; none for an invented life, which stays on this machine."""
    if settings.lifetracer_demo:
        return []
    bucket = ReportBucket.of(settings)
    return [*([bucket] if bucket else []), *_messengers(settings)]


def _messengers(settings: Settings) -> Iterator[Channel]:
    numbers: Counter[str] = Counter()
    for secret in settings.notify_urls:
        service = service_at(secret.get_secret_value())
        # The settings hold no others.
        if service is None:
            continue
        scheme = scheme_of(str(service.url()))  # type: ignore[no-untyped-call]
        numbers[scheme] += 1
        name = scheme if numbers[scheme] == 1 else f"{scheme} {numbers[scheme]}"
        if scheme in {"mailto", "mailtos"}:
            from apprise.plugins.email.base import NotifyEmail, PGPMode

            # Signing and encrypting are left to Apprise, with the plainer letter that it writes.
            if isinstance(service, NotifyEmail) and service.pgp_mode == PGPMode.NONE:
                yield Mailbox(Postage.of(service), name)
                continue
        yield Messenger(service, name, Patience(str(service.service_name)))
