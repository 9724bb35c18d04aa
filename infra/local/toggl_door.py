"""What every request to the Toggl stand-in passes before it is answered: who asks, how fast, and how often."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Never
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from infra.local.credentials import TOGGL_API_TOKEN
from infra.local.quota import Pace, Quota
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Track
from infra.local.wire import Ask, Handler, RefusalError, json_response


def refuse(status: int, message: str) -> Never:
    """Answer with an error as Toggl writes most of them: one JSON string."""
    raise RefusalError(json_response(message, status))


def refuse_value(name: str, value: str) -> Never:
    """Answer that the parameter `name` cannot have this value."""
    refuse(400, f"Invalid '{name}' value: '{value}'")


class BeyondPlanError(Exception):
    """The plan does not include what is asked for, which the message names."""


class Door:
    """What every Toggl request passes: authentication, pacing, the hourly quota of its bucket, common headers."""

    def __init__(self, track: Track, switches: TogglSwitches) -> None:
        self._track = track
        self._switches = switches
        self._quotas: dict[int | None, Quota] = {}
        self._pace = Pace(track.clock)
        self._numbers = count(1)

    def quota(self, organization_id: int | None) -> Quota:
        """The allowance of an organization, or, by None, the user's own."""
        size = self._switches.quota_sizes.get(organization_id, self._switches.quota_size)
        quota = self._quotas.setdefault(organization_id, Quota(self._track.clock, size))
        quota.size = size
        quota.window = self._switches.quota_window
        return quota

    def guard(
        self, handler: Handler, *, counted: bool = True, feature: str = ""
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that lets only proper requests through to `handler`."""

        async def endpoint(request: Request) -> Response:
            ask = Ask(request.path_params, request.query_params, await request.body())
            response = self._stop_stranger(request) or self._answer(handler, ask, counted=counted, feature=feature)
            number = next(self._numbers)
            response.headers["X-Request-Id"] = f"{number:032x}"
            response.headers["X-Toggl-Request-Id"] = str(UUID(int=number))
            response.headers["Cache-Control"] = "no-cache, private, no-store, must-revalidate"
            return response

        return endpoint

    def _answer(self, handler: Handler, ask: Ask, *, counted: bool, feature: str) -> Response:
        if not counted:
            return _respond(handler, ask)
        quota = self.quota(self._organization_of(ask))
        admitted = quota.spend()
        if self._switches.paced and not self._pace.admits():
            return Response("<html><h1>429 Too Many Requests</h1></html>", 429, media_type="text/html")
        if admitted and feature in self._switches.plan_lacks:
            return _beyond_plan(feature)
        if admitted:
            try:
                response = _respond(handler, ask)
            except BeyondPlanError as beyond:
                return _beyond_plan(str(beyond))
        else:
            sentence = f"The hourly limit of API calls is reached; the quota will reset in {quota.resets_in} seconds."
            response = Response(sentence, 402, media_type="text/plain")
        response.headers["X-Toggl-Quota-Remaining"] = str(quota.remaining)
        response.headers["X-Toggl-Quota-Resets-In"] = str(quota.resets_in)
        return response

    def _organization_of(self, ask: Ask) -> int | None:
        workspace_id = ask.path.get("workspace_id", "")
        workspace = self._track.workspaces.get(int(workspace_id)) if workspace_id.isdecimal() else None
        return None if workspace is None else workspace.organization_id

    def _stop_stranger(self, request: Request) -> Response | None:
        header = request.headers.get("Authorization")
        if header is None:
            return Response(status_code=401, headers={"X-Authorization-Missing": "true"})
        scheme, _, encoded = header.partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        if scheme.lower() == "basic" and pair == f"{TOGGL_API_TOKEN}:api_token":
            return None
        return json_response("Incorrect username and/or password", 403)


def _beyond_plan(feature: str) -> Response:
    """A 402 that the missing quota headers tell from that of a quota which is used up."""
    return json_response(f"The workspace's plan does not include {feature}.", 402)


def _respond(handler: Handler, ask: Ask) -> Response:
    try:
        return handler(ask)
    except RefusalError as refusal:
        return refusal.response
