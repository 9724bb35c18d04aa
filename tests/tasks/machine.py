"""Runs a state machine of hypothesis: random sequences of what can happen to an account and to its mirror."""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS = 25
# A landing must not hang on luck: there the sequences are the same every time, elsewhere each run tries new ones.
SAME_EVERY_TIME = "CI" in os.environ


def run_machine(machine: Callable[[], RuleBasedStateMachine], examples: int) -> None:
    """Run so many sequences of up to 25 steps; each begins with a machine of its own."""
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]  # hypothesis calls it, no more
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=SAME_EVERY_TIME,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
