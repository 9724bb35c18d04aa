"""Listings cut into pages: the rows of one reading are frozen, so that its later pages agree with its first."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps

from starlette.datastructures import QueryParams
from starlette.responses import Response

from infra.local.google_refusals import refuse_value
from infra.local.google_switches import GoogleSwitches
from infra.local.google_tokens import seal, unseal
from infra.local.wire import JsonObject, json_response

_LISTINGS_KEPT = 64
_MAY_DIFFER_BETWEEN_PAGES = {"pageToken", "fields", "prettyPrint"}
# A start that marks the page after an empty one, which holds the first rows.
_AFTER_EMPTY_PAGE = -1


@dataclass(frozen=True)
class Listing:
    """The rows of one reading of what `scope` names, which only the same parameters may go on with."""

    scope: str
    query: QueryParams
    rows: list[JsonObject]
    sync_token: str | None

    def goes_on(self, scope: str, query: QueryParams) -> bool:
        """Whether a request for a later page is of this reading."""
        return (scope, _signature(query)) == (self.scope, _signature(self.query))


@dataclass(frozen=True)
class Place:
    """Where a page begins: at a row of a listing that is kept under a number."""

    number: int
    first: int = 0


class Pages:
    """Keeps the listings of late and tells their pages."""

    def __init__(self, switches: GoogleSwitches) -> None:
        self._switches = switches
        self._listings: dict[int, Listing] = {}
        self._count = 0

    def keep(self, listing: Listing) -> Place:
        """Remember a listing; its first page begins at the place given back."""
        self._count += 1
        self._listings[self._count] = listing
        self._listings.pop(self._count - _LISTINGS_KEPT, None)
        return Place(self._count)

    def place(self, scope: str, query: QueryParams) -> Place | None:
        """Where the asked page begins; None for the first page of a new reading. A foreign token is refused."""
        token = query.get("pageToken")
        if token is None:
            return None
        number, first = 0, 0
        match unseal(token):
            case ["page", int(number), int(first)]:
                pass
        if number not in self._listings or not self._listings[number].goes_on(scope, query):
            refuse_value("pageToken", token)
        return Place(number, first)

    def answer(self, head: JsonObject, place: Place, size: int) -> Response:
        """One page under the listing's `head`, with a tag that changes with what is in it."""
        page = head | self._page(place, min(size, self._switches.page_cap))
        content = dumps([head, page["items"], "nextPageToken" in page]).encode()
        return tagged(page | {"etag": f'"p{hashlib.sha256(content).hexdigest()[:15]}"'})

    def _page(self, place: Place, size: int) -> JsonObject:
        listing, first = self._listings[place.number], max(0, place.first)
        if self._switches.empty_first_page and place.first == 0:
            return {"nextPageToken": seal("page", place.number, _AFTER_EMPTY_PAGE), "items": []}
        items: JsonObject = {"items": listing.rows[first : first + size]}
        if first + size < len(listing.rows):
            return {"nextPageToken": seal("page", place.number, first + size)} | items
        return items if listing.sync_token is None else {"nextSyncToken": listing.sync_token} | items


def tagged(row: JsonObject) -> Response:
    """An answer whose entity tag stands in its head, too."""
    return json_response(row, headers={"ETag": str(row["etag"])})


def _signature(query: QueryParams) -> Mapping[str, str]:
    names = set(query) - _MAY_DIFFER_BETWEEN_PAGES
    return {name: ",".join(query.getlist(name)) for name in sorted(names)}
