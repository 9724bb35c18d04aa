"""The channels that are set up, in the order in which a page goes to them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator

from tasks.apprise_urls import scheme_of, service_at
from tasks.publish.channel import Channel, Patience
from tasks.publish.mail import TITLE as MAIL
from tasks.publish.mail import Mailbox, Postage
from tasks.publish.message import Messenger
from tasks.publish.storage import TITLE as STORAGE
from tasks.publish.storage import ReportBucket
from tasks.settings import Settings


def channels_of(settings: Settings, sleep: Callable[[float], None] = time.sleep) -> list[Channel]:
    """The bucket first, because messages tell its links; none for an invented life, which stays on this machine.

    `sleep` is how they wait between tries.
    """
    if settings.lifetracer_demo:
        return []
    channels: list[Channel] = []
    if settings.supabase_url is not None and settings.supabase_service_role_key is not None:
        url, key, bucket = settings.supabase_url, settings.supabase_service_role_key, settings.supabase_report_bucket
        channels.append(ReportBucket(url, key, bucket, Patience(STORAGE, sleep)))
    return [*channels, *_messengers(settings, sleep)]


def _messengers(settings: Settings, sleep: Callable[[float], None]) -> Iterator[Channel]:
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
                yield Mailbox(Postage.of(service), name, Patience(MAIL, sleep))
                continue
        yield Messenger(service, name, Patience(str(service.service_name), sleep))
