"""What was recorded while something was played: each step with the case before and after it, and its context."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from complaintctl import recording
from complaintctl.retrace import Fault, Made, replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context


class Step(NamedTuple):
    """One recorded step on a case."""

    verb: str
    before: Case | None
    after: Case
    context: Context


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """All steps that are recorded in this process meanwhile, of all cases, in order."""
    steps: list[Step] = []
    contexts: list[Context] = []
    context, commit = recording.context, recording._commit

    def keep_context(*given: Any) -> Context:
        contexts.append(context(*given))
        return contexts[-1]

    def keep_step(register: Any, verb: str, before: Any, after: Any, *more: Any) -> Any:
        outcome = commit(register, verb, before, after, *more)
        if outcome.commit:
            steps.append(Step(verb, before, after, contexts[-1]))
        return outcome

    with mock.patch.multiple(recording, context=keep_context, _commit=keep_step):
        yield steps


def trails(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of each case, in order."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.after["id"], []).append(step)
    return list(found.values())


def again(trail: Sequence[Step], first: int, last: int) -> tuple[list[Made], list[Fault]]:
    """Replay the steps of one case from `first` to before `last` as one change."""
    chosen = trail[first:last]

    def context_of(_case: Case | None, made: Made) -> Context:
        fitting = [
            one.context
            for one in chosen
            if one.context.at == made.at and made.by in {"", one.context.actor["id"]}
        ]
        same = [one.context for one in chosen if one.verb == made.verb and one.context in fitting]
        found: Context = (same or fitting or [chosen[0].context])[0]
        return found

    earlier = trail[first - 1].before if first else None
    return replay(chosen[0].before, chosen[-1].after, context_of, earlier)
