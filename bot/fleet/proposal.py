"""A proposal: exactly what a command that changes something would do, shown to be confirmed, with a digest.

At the click it is made again from the world as it is then: only the same digest is carried out.
"""

import json
from dataclasses import dataclass
from hashlib import sha256

from bot.commands import Request
from bot.fleet.directory import Target
from bot.fleet.plan import DIGEST_LENGTH, Estimate, Plan
from bot.fleet.runs import Run
from bot.model import Instruction, SequenceSpec, SequenceStanding, StartOrder, Window


@dataclass(frozen=True, slots=True)
class BeginSequence:
    """Start a sequence: to run windows, or only to cancel (``spec.clear``) and see to it that it ends.

    ``id``, ``started_by``, ``started_at``, ``reason``, ``plan_digest`` and ``thread_key`` of ``spec`` are filled in
    when it is carried out; ``cancels`` are the runs of ``spec.clear`` as they stand.
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


@dataclass(frozen=True, slots=True)
class StartWhole:
    """Start one workflow over the whole of ``window``."""

    customer: str
    window: Window
    order: StartOrder

    @property
    def identity(self) -> list[str]:
        """What makes it the same as another one."""
        return ["whole", self.customer, str(self.window)]


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


Act = BeginSequence | StartWhole | Instruct | TerminateRun


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done, in this order. ``plan`` is that of the windows a sequence would run.

    ``warnings`` are sentences a person should read before confirming. ``until_last`` is how long it takes until what
    is started for many customers, side by side, is over for the last of them; None where that is not known.
    """

    command: Request
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
        # Whatever runs of a sequence that is stopped, also nothing between two windows, is stopped with it.
        telling = (act.identity for act in self.acts if not isinstance(act, TerminateRun) or not act.is_of_sequence)
        told = json.dumps([self.command.word(), self.target.cluster, *telling])
        return sha256(told.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True, slots=True)
class Done:
    """One act that was carried out; ``problem`` says why it was not, as a sentence."""

    act: Act
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CarriedOut:
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
