"""A proposal: exactly what a command that changes something would do, with a digest, for a person to confirm.

At submission the bot makes the proposal again, and executes it only if it is the same. A proposal for a whole cluster
may also have become smaller: on a busy cluster, some run always ends between the dialog and its submission.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.commands import ControlRequest
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import DIGEST_LENGTH, Estimate, Plan
from bot.fleet.proposals.problems import Problem
from bot.fleet.proposals.warnings import ProposalWarning
from bot.fleet.runs.run import Run
from bot.model import Instruction, Ref, SequenceSpec, SequenceStanding

# Hexadecimal digits of a part's hash. Among a few hundred parts, a collision is less likely than one in a million.
PART_LENGTH = 8
# The parts and the command have to fit into the 3,000 characters of private_metadata (docs/slack-facts.md#limits).
MOST_PARTS = 280
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class BeginSequence:
    """Start a sequence that runs windows, or that only cancels the runs of ``spec.clear`` and waits for their end.

    ``id``, ``started_by``, ``started_at``, ``reason``, ``plan_digest`` and ``thread_key`` of ``spec`` are filled in
    when the act is executed. ``cancels`` are the runs of ``spec.clear``, for display. ``below`` are those of them
    that are ended because they run below others: they come and go while somebody reads, so the digest leaves them
    out.
    """

    spec: SequenceSpec
    cancels: tuple[Run, ...]
    below: frozenset[Ref] = frozenset()

    @property
    def customer(self) -> str:
        """The customer whose windows the sequence runs."""
        return self.spec.customer

    @property
    def identity(self) -> list[str]:
        """What enters the digest: equal for acts that do the same."""
        spec = self.spec
        # The labels keep runs to cancel apart from runs to follow.
        clear, adopt = (
            [f"{held.ref.workflow_id}/{held.ref.run_id}" for held in runs if held.ref not in self.below]
            for runs in (spec.clear, spec.adopt)
        )
        days = map(str, spec.days)
        return ["begin", spec.customer, "clear", *clear, "adopt", *adopt, "days", *days, str(spec.sizes.days)]

    @property
    def parts(self) -> list[list[str]]:
        """The parts that could be done alone: each run of an act that only cancels, else the whole act."""
        if self.spec.days or self.spec.adopt:
            return [self.identity]
        runs = [held for held in self.spec.clear if held.ref not in self.below]
        return [["cancel", self.spec.customer, held.ref.workflow_id, held.ref.run_id] for held in runs]


@dataclass(frozen=True, slots=True)
class Instruct:
    """Give an instruction to an open sequence; by whom and why is filled in when the act is executed."""

    standing: SequenceStanding
    instruction: Instruction

    @property
    def customer(self) -> str:
        """The customer that the act is for."""
        return self.standing.customer

    @property
    def identity(self) -> list[str]:
        """What enters the digest: equal for acts that do the same."""
        order, days, window = self.instruction.order, self.instruction.days, self.instruction.window
        return ["instruct", self.standing.id, order.value, str(days or ""), str(window or "")]


@dataclass(frozen=True, slots=True)
class TerminateRun:
    """Terminate a workflow. ``is_of_sequence``: it is a window of a sequence that the same proposal stops.
    ``is_below``: it runs below one that the same proposal terminates."""

    customer: str
    run: Run
    is_of_sequence: bool = False
    is_below: bool = False

    @property
    def identity(self) -> list[str]:
        """What enters the digest: equal for acts that do the same."""
        ref = self.run.execution.ref
        return ["terminate", ref.workflow_id, ref.run_id]


Act = BeginSequence | Instruct | TerminateRun


@dataclass(frozen=True, slots=True)
class Proposal:
    """The acts of a command, in the order in which they would be executed.

    ``plan`` has the windows that a sequence would run. ``warnings`` are to be read before confirming.
    ``until_last`` is the time until the last of several customers is done, with their sequences side by side; None
    when it is unknown.
    """

    command: ControlRequest
    target: Target
    acts: tuple[Act, ...]
    plan: Plan | None = None
    warnings: tuple[ProposalWarning, ...] = ()
    until_last: Estimate | None = None

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers of the acts, each once, in order."""
        return tuple(dict.fromkeys(act.customer for act in self.acts))

    @property
    def digest(self) -> str:
        """A fingerprint: equal when the same would be done."""
        return self._hash([act.identity for act in self.acts if _enters_digest(act)], DIGEST_LENGTH)

    @property
    def shown(self) -> str:
        """What the dialog carries: the digest, and for a whole cluster the hash of each part."""
        parts = sorted(self._parts(self.acts))
        if self.target.customer or len(parts) > MOST_PARTS:
            return self.digest
        return f"{self.digest}{_SEPARATOR}{''.join(parts)}"

    def is_within(self, shown: str) -> bool:
        """Whether this proposal is the one in the dialog, or a part of it; ``shown`` is what the dialog carried."""
        digest, _, parts = shown.partition(_SEPARATOR)
        if self.digest == digest:
            return True
        confirmed = {parts[at : at + PART_LENGTH] for at in range(0, len(parts), PART_LENGTH)}
        return not self.target.customer and self._parts(filter(_enters_digest, self.acts)) <= confirmed

    def _parts(self, acts: Iterable[Act]) -> set[str]:
        parts = (part for act in acts for part in (act.parts if isinstance(act, BeginSequence) else [act.identity]))
        return {self._hash([part], PART_LENGTH) for part in parts}

    def _hash(self, identities: Sequence[Sequence[str]], length: int) -> str:
        text = json.dumps([self.command.word(), self.target.cluster, *identities])
        return sha256(text.encode()).hexdigest()[:length]


def confirmed_digest(shown: str) -> str:
    """The digest in what the dialog carries."""
    return shown.partition(_SEPARATOR)[0]


def _enters_digest(act: Act) -> bool:
    """False for runs of a sequence that the proposal stops, and for what runs below others: other ones of these may
    run at submission, or none."""
    return not isinstance(act, TerminateRun) or not (act.is_of_sequence or act.is_below)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of one act; ``problem`` says why it failed, None when it succeeded."""

    act: Act
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ExecutedProposal:
    """The results of a confirmed proposal. ``link`` leads to the message whose thread continues it, "" without one.

    The acts in ``done`` have the fields that are filled in at execution.
    """

    proposal: Proposal
    done: tuple[Done, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Nothing was done: ``proposal``, made at submission, is not the one shown, whose digest is ``confirmed``."""

    proposal: Proposal
    confirmed: str
