"""Waiting for a used-up quota: a worker's run makes room and comes back, any other run waits where it is."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from prefect import Flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.states import AwaitingRetry
from prefect.utilities.engine import propose_state_sync

from tasks.errors import QuotaError
from tasks.settings import load_settings
from tasks.sources import SOURCES

MOST_WAITS = 3
"""How often one run waits, unless its flow says otherwise."""

# A source counts whole seconds, and its clock is not ours.
MARGIN = timedelta(seconds=5)
# A worker fetches runs 10 s before they are due (PREFECT_WORKER_PREFETCH_SECONDS); one with a --limit dies when it
# fetches a run whose process it has not yet seen end.
SHORTEST_ABSENCE = timedelta(seconds=30)
# A sleeping process does not notice how long the machine itself was asleep, so it looks at the clock now and then.
LONGEST_SLEEP_SECONDS = 30

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)

_may_wait: ContextVar[bool] = ContextVar("may_wait", default=False)


def waits_for_quota(
    most_waits: int = MOST_WAITS,
) -> Callable[[Flow[Parameters, Result]], Flow[Parameters, Result]]:
    """Let a flow that raises QuotaError begin again by itself after the reset, up to `most_waits` times a run.

        @waits_for_quota()
        @flow(name="sync")
        def sync(source: str) -> None: ...

    A deployment's run is put back into AwaitingRetry and its process ends, so that it holds no slot of the worker or
    of the deployment meanwhile; the worker starts it again when it is due. Any other run waits in its process. What
    the flow did before it raised must be safe to do again. After the last wait QuotaError is a failure as any other.
    """

    def patient(flow: Flow[Parameters, Result]) -> Flow[Parameters, Result]:
        # Not below @flow, which takes the version from the file that its function is in: that would be this one.
        function = flow.fn
        flow.fn = _patient(function, most_waits)
        return flow

    return patient


def give_way_to_quota(faults: Iterable[object]) -> None:
    """Raise the QuotaError among `faults` that lasts longest, if this run may still wait for it."""
    quotas = [fault for fault in faults if isinstance(fault, QuotaError)]
    if quotas and _may_wait.get():
        raise max(quotas, key=lambda quota: quota.resets_at)


def _patient(function: Callable[Parameters, Result], most_waits: int) -> Callable[Parameters, Result]:
    @wraps(function)
    def patient(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        run = _run_of_a_deployment()
        for _ in range(most_waits - (run.run_count - 1 if run else 0)):
            try:
                with _waiting_allowed():
                    return function(*args, **kwargs)
            except QuotaError as error:
                quota = error
            _wait_for(quota)
        return function(*args, **kwargs)

    return patient


@contextmanager
def _waiting_allowed() -> Iterator[None]:
    token = _may_wait.set(True)
    try:
        yield
    finally:
        _may_wait.reset(token)


def _wait_for(quota: QuotaError) -> None:
    renewed = quota.resets_at + MARGIN
    run = _run_of_a_deployment()
    if run is None:
        _announce(quota, renewed)
        _sleep(renewed)
    else:
        due = max(renewed, datetime.now(UTC) + SHORTEST_ABSENCE)
        _come_back(run, due, _announce(quota, due))


def _run_of_a_deployment() -> FlowRun | None:
    context = FlowRunContext.get()
    return context.flow_run if context and context.flow_run and context.flow_run.deployment_id else None


def _announce(quota: QuotaError, until: datetime) -> str:
    local = until.astimezone(load_settings().zone)
    sentence = f"{SOURCES[quota.source].title}: the hourly allowance is used up; waiting until {local:%H:%M}"
    logger.info(sentence)
    return sentence


def _come_back(run: FlowRun, due: datetime, sentence: str) -> NoReturn:
    """Leave this process; a worker takes the run up again when it is due."""
    with get_client(sync_client=True) as client:
        state = propose_state_sync(client, AwaitingRetry(scheduled_time=due, message=sentence), flow_run_id=run.id)
    # Prefect has no other way out that ends the process with exit code 0 and leaves the state alone. A returned state
    # that is not final ends it with an error, and then the worker calls the run crashed.
    raise Pause(sentence, state=state)


def _sleep(until: datetime) -> None:
    while (left := (until - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(min(left, LONGEST_SLEEP_SECONDS))
