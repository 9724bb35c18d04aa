"""Whether a channel is owed a page: where pages are kept it has to lie as it is now, and it is told of once."""

from dataclasses import dataclass

from tasks.publish.log import Delivery

LOOK_BACK_DAYS = 7


@dataclass(frozen=True)
class Standing:
    """A page as it is now: `age_days` is how long ago its last day was, `newest` whether the run has no newer one."""

    checksum: str
    age_days: int
    newest: bool


def is_due(page: Standing, past: Delivery | None, *, keeps: bool) -> bool:
    """Whether the page has to go to a channel, which `keeps` pages or tells of them, and had it in the `past` so.

    What failed is made up for, a message as long as its page is within the look-back. Of a page that has changed
    readers are told again only if it is of yesterday or today.
    """
    if keeps:
        return past is None or past.state != "delivered" or past.checksum != page.checksum
    if page.age_days > LOOK_BACK_DAYS:
        return False
    if past is None:
        return page.newest
    return past.state == "failed" or (page.newest and page.age_days <= 1 and past.checksum != page.checksum)
