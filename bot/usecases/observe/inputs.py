"""Reads the inputs of one cluster's runs if their mapping needs them: the first event of each run, once.

Each run takes a call, so one question reads as many inputs as it has time for, and later questions read the rest.
Inputs are kept in the run's hints, in memory and in the run history, because Temporal removes the input with the run.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.computing import compute, compute_over
from bot.errors import DependencyError, NotFound
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.input_hints import found_nothing, input_hint, input_hints, is_input_hint
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution, Ref
from bot.ports import Engine, RunHistory

# No more calls than this are prepared for one question, even if more runs wait.
MOST_AT_ONCE = 1_000

_log = structlog.get_logger(__name__)


@dataclass(eq=False)
class InputReader:
    """The inputs of one cluster that have been read, as hints. ``at_once`` limits the simultaneous calls, which wait
    for the ``budget``. Without a ``ledger``, inputs that were read before the process started are not known. If a
    codec decodes inputs, ``trusts_blanks`` is False: an earlier process may have run without the codec, so each input
    in which it found nothing is read again, once."""

    cluster: str
    engine: Engine
    recogniser: Recogniser
    ledger: RunHistory | None
    at_once: int
    budget: CallBudget
    trusts_blanks: bool = True

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.at_once)
        self._is_needed = self.recogniser.reads_inputs(self.cluster)
        self._is_recalled = False
        self._read: dict[Ref, Mapping[str, str]] = {}
        self._failed: set[Ref] = set()

    async def with_inputs(self, executions: Sequence[Execution], within: timedelta) -> list[Execution]:
        """The same runs with hints from their inputs, as many as can be read in the time ``within``. Raises no
        DependencyError."""
        if not self._is_needed:
            return list(executions)
        until = asyncio.get_running_loop().time() + within.total_seconds()
        trusted = await compute_over(executions, lambda runs: list(map(self._trusted, runs)))
        missing = await compute_over(trusted, lambda runs: [run for run in runs if self._needs(run)])
        if not missing:
            return trusted
        await self._recall(until)
        await self._read_some([run for run in missing if run.ref not in self._read], until)
        return await compute_over(trusted, lambda runs: [self._enriched(run) for run in runs])

    async def remember(self, executions: Collection[Execution]) -> None:
        """Keep the inputs of these runs, which come from the run history."""
        if self._is_needed:
            await compute(self._remember, executions)

    def is_settled(self, run: Execution) -> bool:
        """Whether nothing is left to read about the input of this run. ``run`` is the run as the run history has
        it."""
        return not self._is_needed or (self._trusted(run) is run and not self._needs(run))

    def _remember(self, executions: Iterable[Execution]) -> None:
        for run in executions:
            if run.ref not in self._read and (hints := self._kept(self._trusted(run))):
                self._read[run.ref] = hints

    def _needs(self, run: Execution) -> bool:
        return self.recogniser.needs_input(run)

    def _enriched(self, run: Execution) -> Execution:
        hints = self._read.get(run.ref)
        return replace(run, hints={**run.hints, **hints}) if hints and self._needs(run) else run

    def _paths(self, run: Execution) -> tuple[str, ...]:
        mapping = self.recogniser.mapping_of(run)
        return mapping.input.names if mapping and mapping.input else ()

    def _kept(self, run: Execution) -> Mapping[str, str]:
        names = [input_hint(path) for path in self._paths(run)]
        return {name: run.hints[name] for name in names} if all(name in run.hints for name in names) else {}

    def _trusted(self, run: Execution) -> Execution:
        """The same run. But if its hints say that nothing was found in its input, and such a result is not trusted
        (``trusts_blanks``), the run is returned without these hints."""
        hints = {name: text for name, text in run.hints.items() if is_input_hint(name)}
        if self.trusts_blanks or not hints or not found_nothing(hints.values()):
            return run
        return replace(run, hints={name: text for name, text in run.hints.items() if name not in hints})

    async def _recall(self, until: float) -> None:
        """Take the known inputs from the run history, once. While the run history does not answer, inputs are read
        from Temporal."""
        if self.ledger is None or self._is_recalled:
            return
        try:
            async with asyncio.timeout_at(until):
                recorded = await self.ledger.recall(self.cluster)
        except (DependencyError, TimeoutError) as exc:
            _log.warning("inputs not recalled", cluster=self.cluster, reason=str(exc) or "no answer in time")
            return
        await self.remember(recorded.executions)
        self._is_recalled = True

    async def _read_some(self, runs: Sequence[Execution], until: float) -> None:
        """Read the inputs of some runs. A run whose last reading failed comes after the others, so as not to keep
        them waiting."""
        chosen = sorted(runs, key=lambda run: run.ref in self._failed)[:MOST_AT_ONCE]
        reasons = await asyncio.gather(*(self._read_one(run, until) for run in chosen))
        failed = {run.ref: reason for run, reason in zip(chosen, reasons, strict=True) if reason}
        self._failed = (self._failed | failed.keys()) - self._read.keys()
        if failed:
            reason = next(iter(failed.values()))
            _log.info("inputs not read", cluster=self.cluster, count=len(failed), reason=reason)

    async def _read_one(self, run: Execution, until: float) -> str:
        """Read one input. Returns why it was not read; "" if it was, or if Temporal has removed the run."""
        try:
            async with asyncio.timeout_at(until), self._turns:
                await self._within_budget()
                arguments = await self.engine.arguments(run.ref)
        except NotFound:
            arguments = ()
        except TimeoutError:
            return "no time left"
        except DependencyError as exc:
            return str(exc)
        self._read[run.ref] = input_hints(arguments, self._paths(run))
        return ""

    async def _within_budget(self) -> None:
        """Wait until one more call is within the budget, and count it."""
        clock = asyncio.get_running_loop().time
        while wait := self.budget.wait(clock()):  # noqa: ASYNC110  (the time is known)
            await asyncio.sleep(wait)
        self.budget.spend(clock())
