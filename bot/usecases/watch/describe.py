"""The looks of one pass: describing what is due, and concluding from it so that one odd run costs no other its alert.

What nobody has foreseen about a run (a worker may tell anything) is caught here, logged with a reference, and the
run looked at again in the next pass. So is what else a pass does: it takes nothing away from what the pass has found.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.errors import BackfillBotError, DependencyError, NotFound, new_reference
from bot.model import Description, Ref
from bot.ports import Engine

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What the looks of one pass gave; ``gone`` are runs that Temporal no longer knows.

    ``unanswered`` are those that were asked about in vain.
    """

    descriptions: tuple[Description, ...] = ()
    gone: frozenset[Ref] = frozenset()
    unanswered: frozenset[Ref] = frozenset()

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The runs there is something to conclude about."""
        return (*(description.execution.ref for description in self.descriptions), *sorted(self.gone))

    def of(self, refs: Sequence[Ref]) -> "Found":
        """As if only these had been looked at."""
        told = tuple(description for description in self.descriptions if description.execution.ref in refs)
        return Found(told, self.gone.intersection(refs))


async def describe_all(engine: Engine, due: Sequence[Ref], at_once: int) -> Found:
    """Describe them, a few at a time; when the cluster stops answering the rest waits for the next pass."""
    descriptions: list[Description] = []
    gone, unanswered, odd = set[Ref](), set[Ref](), set[Ref]()
    for first in range(0, len(due), at_once):
        refs = due[first : first + at_once]
        answers = await asyncio.gather(*(engine.describe(ref) for ref in refs), return_exceptions=True)
        for ref, answer in zip(refs, answers, strict=True):
            match answer:
                case Description():
                    descriptions.append(answer)
                case NotFound():
                    gone.add(ref)
                case DependencyError():
                    _log.warning("describe failed", cluster=ref.cluster, workflow=ref.workflow_id, reason=str(answer))
                    unanswered.add(ref)
                case Exception():
                    _tell_odd(ref, answer)
                    odd.add(ref)
                case _:
                    raise answer
        if unanswered:
            break
    return Found(tuple(descriptions), frozenset(gone), frozenset(unanswered | odd))


async def isolate_odd_runs(found: Found, conclude: Callable[[Found], Awaitable[None]]) -> frozenset[Ref]:
    """Conclude from all of it; gives the runs about which nothing could be concluded.

    When that fails for no known reason, it is done for halves of it, and so on until the odd run stands alone. What
    fails without any run is raised: then it is none of them.
    """
    try:
        await conclude(found)
    except BackfillBotError:
        raise
    except Exception as exc:  # the named edge
        refs = found.refs
        if not refs:
            raise
        if len(refs) == 1:
            await isolate_odd_runs(Found(), conclude)
            _tell_odd(refs[0], exc)
            return frozenset(refs)
        middle = len(refs) // 2
        return await isolate_odd_runs(found.of(refs[:middle]), conclude) | await isolate_odd_runs(
            found.of(refs[middle:]), conclude
        )
    return frozenset()


async def besides(work: Awaitable[_T], otherwise: _T, event: str, cluster: str) -> _T:
    """Do it; what goes wrong in it is logged as ``event``, and it comes to ``otherwise``."""
    try:
        return await work
    except DependencyError as exc:
        _log.warning(event, cluster=cluster, reason=str(exc))
    except Exception as exc:  # noqa: BLE001  (the named edge)
        _log.error(event, reference=new_reference(), cluster=cluster, exc_info=exc)
    return otherwise


def _tell_odd(ref: Ref, problem: Exception) -> None:
    _log.error(
        "run not understood: looked at again in the next pass",
        reference=new_reference(),
        cluster=ref.cluster,
        workflow=ref.workflow_id,
        exc_info=problem,
    )
