"""A proposal: exactly what a command that changes something would do, with a plan digest, for a person to confirm.

At submission the bot makes the proposal again, and executes it only if it is the same. A proposal for a whole cluster
is executed as well if it has only become smaller, because on a busy cluster some run always ends while the dialog is
open.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.commands import ControlRequest
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import DIGEST_LENGTH, Plan
from bot.fleet.proposals.activity_acts import ExtendTimeout, PauseActivity, ResetActivity, UnpauseActivity
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.problems import Problem
from bot.fleet.proposals.warnings import ProposalWarning
from bot.fleet.runs.run import Run
from bot.fleet.status.estimate import Estimate
from bot.model import Instruction, Ref, SequenceSpec, SequenceStanding
from bot.model.queue import QueueChange

# How many hexadecimal digits of a part's hash are kept. Among a few hundred parts, the chance that two have the same
# is about one in 100,000.
PART_LENGTH = 8
# The parts and the command have to fit into the 3,000 characters of private_metadata (docs/slack-facts.md#limits).
MOST_PARTS = 280
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class BeginSequence:
    """Start a sequence that runs windows, or one that only cancels the runs of ``spec.clear`` and waits for their
    end.

    ``id``, ``started_by``, ``started_at``, ``reason``, ``plan_digest`` and ``thread_key`` of ``spec`` are empty until
    the act is executed. ``cancels`` are the runs of ``spec.clear``, for display. ``below`` are those runs of
    ``spec.clear`` that end only because they run below others. The plan digest leaves out the runs in ``below``,
    because they come and go while a person reads.
    """

    spec: SequenceSpec
    cancels: tuple[Run, ...]
    below: frozenset[Ref] = frozenset()

    @property
    def customer(self) -> str:
        """The customer that the sequence is for."""
        return self.spec.customer

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        spec = self.spec
        # The labels distinguish runs to cancel from runs to adopt.
        clear = ["/".join(names) for names in self._cancelled]
        adopt = [f"{held.ref.workflow_id}/{held.ref.run_id}" for held in spec.adopt]
        days = map(str, spec.days)
        return ["begin", spec.customer, "clear", *clear, "adopt", *adopt, "days", *days, str(spec.sizes.days)]

    @property
    def parts(self) -> list[list[str]]:
        """The parts of the act that can be done alone: each run if the act only cancels, else the whole act."""
        if self.spec.days or self.spec.adopt:
            return [self.identity]
        return [["cancel", self.spec.customer, *names] for names in self._cancelled]

    @property
    def _cancelled(self) -> list[tuple[str, str]]:
        """The workflow id and first run of each chain to cancel. The latest link is left out, because it may change
        while a person reads."""
        firsts = {run.execution.ref: run.execution.first_run_id for run in self.cancels}
        runs = (held.ref for held in self.spec.clear if held.ref not in self.below)
        return [(ref.workflow_id, firsts.get(ref, ref.run_id)) for ref in runs]


@dataclass(frozen=True, slots=True)
class Instruct:
    """Give an instruction to an open sequence. The instruction's ``by`` and ``reason`` are empty until the act is
    executed."""

    standing: SequenceStanding
    instruction: Instruction

    @property
    def customer(self) -> str:
        """The customer that the act is for."""
        return self.standing.customer

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        order, days, window = self.instruction.order, self.instruction.days, self.instruction.window
        return ["instruct", self.standing.id, order.value, str(days or ""), str(window or "")]


@dataclass(frozen=True, slots=True)
class TerminateRun:
    """Terminate a workflow. ``is_of_sequence``: the workflow runs a window of a sequence that the same proposal
    stops. ``is_below``: it runs below a workflow that the same proposal terminates."""

    customer: str
    run: Run
    is_of_sequence: bool = False
    is_below: bool = False

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        execution = self.run.execution
        return ["terminate", execution.ref.workflow_id, execution.first_run_id]


@dataclass(frozen=True, slots=True)
class ChangeQueue:
    """Change the queue of the cluster: the place of one ``customer``, or the whole queue if ``customer`` is "".

    ``queued`` are all customers that wait there, in the order of their turns; None if the queue does not answer.
    ``batches`` are the ids of the commands that queued the customers whom the change concerns.
    """

    change: QueueChange
    customer: str
    queued: tuple[str, ...] | None
    batches: tuple[str, ...] = ()

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. It leaves out ``queued``, because customers may get their turn while a
        person reads the dialog, and this must not change the digest."""
        return ["queue", self.change.value, self.customer, *self.batches]

    @property
    def parts(self) -> list[list[str]]:
        """One part for each command in ``batches``. If there are none, the whole act is the only part."""
        return [["queue", self.change.value, self.customer, batch] for batch in self.batches] or [self.identity]


ActOnActivity = ExtendTimeout | ResetActivity | PauseActivity | UnpauseActivity
Act = ChangeCampaign | BeginSequence | Instruct | TerminateRun | ActOnActivity | ChangeQueue


@dataclass(frozen=True, slots=True)
class Proposal:
    """The acts of a command, in the order in which they would be executed.

    ``plan`` has the windows that a sequence would run. ``warnings`` are to be read before confirming. ``until_last``
    is the time until the last of several customers is done, if their sequences run at the same time; None if it is
    unknown. If a person may choose the window size, ``sizes`` has one proposal for each size, the smallest first, and
    this proposal is one of them. Otherwise ``sizes`` is empty.
    """

    command: ControlRequest
    target: Target
    acts: tuple[Act, ...]
    plan: Plan | None = None
    warnings: tuple[ProposalWarning, ...] = ()
    until_last: Estimate | None = None
    sizes: tuple["Proposal", ...] = ()

    @property
    def clusters(self) -> frozenset[str]:
        """The one cluster that the proposal would change, as a set; it holds "" for a change that concerns all
        clusters."""
        return frozenset({self.target.cluster})

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers of the acts, each once, in the order of the acts."""
        return tuple(dict.fromkeys(act.customer for act in self.acts if act.customer))

    @property
    def digest(self) -> str:
        """The plan digest. It is equal for proposals that would do the same."""
        return self._hash([act.identity for act in self.acts if _enters_digest(act)], DIGEST_LENGTH)

    @property
    def shown(self) -> str:
        """What the dialog carries of this proposal: the plan digest, and for a whole cluster also the hash of each
        part. If there are more than ``MOST_PARTS`` parts, only the plan digest."""
        parts = sorted(self._parts(self.acts))
        if self.target.customer or len(parts) > MOST_PARTS:
            return self.digest
        return f"{self.digest}{_SEPARATOR}{''.join(parts)}"

    def is_within(self, shown: str) -> bool:
        """Whether this proposal is the one in the dialog or, for a whole cluster, a part of that one. ``shown`` is
        the text that the dialog kept."""
        digest, _, parts = shown.partition(_SEPARATOR)
        if self.digest == digest:
            return True
        confirmed = {parts[at : at + PART_LENGTH] for at in range(0, len(parts), PART_LENGTH)}
        return not self.target.customer and self._parts(filter(_enters_digest, self.acts)) <= confirmed

    def _parts(self, acts: Iterable[Act]) -> set[str]:
        divided = (act.parts if isinstance(act, BeginSequence | ChangeQueue) else [act.identity] for act in acts)
        parts = (part for each in divided for part in each)
        return {self._hash([part], PART_LENGTH) for part in parts}

    def _hash(self, identities: Sequence[Sequence[str]], length: int) -> str:
        text = json.dumps([self.command.word(), self.target.cluster, *identities])
        return sha256(text.encode()).hexdigest()[:length]


def confirmed_digest(shown: str) -> str:
    """The plan digest of the proposal in the dialog. ``shown`` is the text that the dialog carried."""
    return shown.partition(_SEPARATOR)[0]


def _enters_digest(act: Act) -> bool:
    """Whether the plan digest depends on the act. It depends on all acts except some terminations: those of windows
    of a sequence that the proposal stops, and those of workflows below others that the proposal terminates. Such
    workflows may come and go before the submission."""
    return not isinstance(act, TerminateRun) or not (act.is_of_sequence or act.is_below)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of one act. ``problem`` says why it failed; None if it succeeded."""

    act: Act
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ExecutedProposal:
    """The results of a confirmed proposal. ``link`` leads to the message whose thread tells what happens next; "" if
    there is none.

    The acts in ``done`` have all fields, also those that are filled in at execution.
    """

    proposal: Proposal
    done: tuple[Done, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Nothing was done, because ``proposal``, made at submission, is not the one that was shown. ``confirmed`` is the
    plan digest of the proposal that was shown."""

    proposal: Proposal
    confirmed: str
