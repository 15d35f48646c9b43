"""``terminate``: the sequence is told to stop, so that it starts nothing more; what runs is ended without asking."""

from bot.commands import Terminate
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Act, Instruct, Proposal, TerminateRun
from bot.fleet.proposals.sentences import line
from bot.model import Instruction, Order

_LOST = "What a workflow has not written by then stays unwritten, and its attempt may write a while longer."
_HANGS = "Nothing of it runs any more: most probably its sequence ends by itself in a moment, and tells more then."


def propose_terminate(command: Terminate, situation: ProposalContext) -> Proposal:
    """Raises UsageError when nothing is open."""
    acts: list[Act] = []
    sequence = situation.sequence
    # One that is ending takes no other order, and has its runs to wait for. One that has none and yet does not come
    # to its end, and one that does not answer, is ended itself when this is carried out.
    hangs = situation.is_ending and not situation.open
    stops = sequence is not None and (hangs or not situation.is_ending)
    if sequence and stops:
        acts.append(Instruct(sequence, Instruction(Order.STOP, by="", reason="", terminates=True)))
    others = situation.strangers
    acts += [
        TerminateRun(situation.target.customer, run, is_of_sequence=stops and run not in others)
        for run in situation.open
    ]
    if not acts:
        problem = f"{situation.target.customer} has nothing open."
        raise UsageError(problem, f"{line(command, 'status')} shows how it stands.")
    warnings = [_LOST] if situation.open else []
    warnings += [_HANGS] if hangs else []
    return Proposal(command, situation.target, tuple(acts), warnings=tuple(warnings))
