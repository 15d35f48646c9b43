"""A proposal: exactly what a command that changes something would do, shown to be confirmed, with a digest.

At the click it is made again from the world as it is then, and carried out if it is still the same; of a whole
cluster also if nothing has come to it: on a busy one, something is over between every look and click.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.commands import ControlRequest
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import DIGEST_LENGTH, Estimate, Plan
from bot.fleet.runs.run import Run
from bot.model import Instruction, SequenceSpec, SequenceStanding

# In hexadecimal digits: that anything else looks like one of a few hundred things shown is one case in millions.
PART_LENGTH = 8
# What a modal remembers has 3,000 characters (slack-contract.md §5), the command included.
MOST_PARTS = 280
_THEN = ":"


@dataclass(frozen=True, slots=True)
class BeginSequence:
    """Start a sequence: to run windows, or only to cancel (``spec.clear``) and see to it that it ends.

    ``id``, ``started_by``, ``started_at``, ``reason``, ``plan_digest`` and ``thread_key`` of ``spec``
    are filled in when it is carried out; ``cancels`` are the runs of ``spec.clear`` as they stand.
    """

    spec: SequenceSpec
    cancels: tuple[Run, ...]

    @property
    def customer(self) -> str:
        """Whom it is for."""
        return self.spec.customer

    @property
    def identity(self) -> list[str]:
        """What makes it the same as another one."""
        spec = self.spec
        # To be cancelled and to be followed are not the same, also where the days to be run are.
        clear, adopt = (
            [f"{held.ref.workflow_id}/{held.ref.run_id}" for held in runs] for runs in (spec.clear, spec.adopt)
        )
        days = map(str, spec.days)
        return ["begin", spec.customer, "clear", *clear, "adopt", *adopt, "days", *days, str(spec.sizes.days)]

    @property
    def parts(self) -> list[list[str]]:
        """What it does that it might do alone: where it only cancels, each run; windows depend on all the rest."""
        if self.spec.days or self.spec.adopt:
            return [self.identity]
        held = self.spec.clear
        return [["cancel", self.spec.customer, one.ref.workflow_id, one.ref.run_id] for one in held]


@dataclass(frozen=True, slots=True)
class Instruct:
    """Tell a sequence that runs; who and why are filled in when it is carried out."""

    standing: SequenceStanding
    instruction: Instruction

    @property
    def customer(self) -> str:
        """Whom it is for."""
        return self.standing.customer

    @property
    def identity(self) -> list[str]:
        """What makes it the same as another one."""
        told = self.instruction
        return ["instruct", self.standing.id, told.order.value, str(told.days or ""), str(told.window or "")]


@dataclass(frozen=True, slots=True)
class TerminateRun:
    """End a workflow without asking it. ``is_of_sequence``: a window of the sequence that is stopped with it."""

    customer: str
    run: Run
    is_of_sequence: bool = False

    @property
    def identity(self) -> list[str]:
        """What makes it the same as another one."""
        ref = self.run.execution.ref
        return ["terminate", ref.workflow_id, ref.run_id]


Act = BeginSequence | Instruct | TerminateRun


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done, in this order. ``plan`` is that of the windows a sequence would run.

    ``warnings`` are sentences a person should read before confirming. ``until_last`` is how long it takes until what
    is started for many customers, side by side, is over for the last of them; None where that is not known.
    """

    command: ControlRequest
    target: Target
    acts: tuple[Act, ...]
    plan: Plan | None = None
    warnings: tuple[str, ...] = ()
    until_last: Estimate | None = None

    @property
    def customers(self) -> tuple[str, ...]:
        """Whom it concerns, each once, in order."""
        return tuple(dict.fromkeys(act.customer for act in self.acts))

    @property
    def digest(self) -> str:
        """The same as long as the same would be done to the same."""
        return self._hashed([act.identity for act in self.acts if _is_telling(act)], DIGEST_LENGTH)

    @property
    def shown(self) -> str:
        """What a confirmation remembers of it: the digest, and of a cluster each thing that would be done there."""
        parts = sorted(self._parts(self.acts))
        if self.target.customer or len(parts) > MOST_PARTS:
            return self.digest
        return f"{self.digest}{_THEN}{''.join(parts)}"

    def is_within(self, shown: str) -> bool:
        """Whether all of it has been confirmed by whoever was ``shown`` that."""
        digest, _, parts = shown.partition(_THEN)
        if self.digest == digest:
            return True
        known = {parts[at : at + PART_LENGTH] for at in range(0, len(parts), PART_LENGTH)}
        return not self.target.customer and self._parts(filter(_is_telling, self.acts)) <= known

    def _parts(self, acts: Iterable[Act]) -> set[str]:
        parts = (part for act in acts for part in (act.parts if isinstance(act, BeginSequence) else [act.identity]))
        return {self._hashed([part], PART_LENGTH) for part in parts}

    def _hashed(self, told: Sequence[Sequence[str]], length: int) -> str:
        text = json.dumps([self.command.word(), self.target.cluster, *told])
        return sha256(text.encode()).hexdigest()[:length]


def confirmed_digest(shown: str) -> str:
    """The digest in what a confirmation remembers."""
    return shown.partition(_THEN)[0]


def _is_telling(act: Act) -> bool:
    """Whatever runs of a sequence that is stopped, also nothing between two windows, is stopped with it."""
    return not isinstance(act, TerminateRun) or not act.is_of_sequence


@dataclass(frozen=True, slots=True)
class Done:
    """One act that was carried out; ``problem`` says why it was not, as a sentence."""

    act: Act
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ExecutedProposal:
    """A confirmed proposal, act by act. ``link`` leads to the message whose thread goes on with it, "" without one.

    The acts of ``done`` have what was filled in when they were carried out.
    """

    proposal: Proposal
    done: tuple[Done, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The world has changed since ``confirmed`` (a digest) was shown: nothing was done, and this is what would be."""

    proposal: Proposal
    confirmed: str
