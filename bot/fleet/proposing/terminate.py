"""``terminate``: the sequence is told to stop, so that it starts nothing more; what runs is ended without asking."""

from bot.commands import Terminate
from bot.errors import UsageError
from bot.fleet.proposal import Act, Instruct, Proposal, TerminateRun
from bot.fleet.proposing.sentences import line
from bot.fleet.proposing.situation import Situation
from bot.model import Instruction, Order


def propose_terminate(command: Terminate, situation: Situation) -> Proposal:
    """Raises UsageError when nothing is open."""
    acts: list[Act] = []
    sequence = situation.sequence
    # One that is ending takes no other order; one that does not answer is ended itself when this is carried out.
    stops = sequence is not None and not situation.is_ending
    if sequence and stops:
        acts.append(Instruct(sequence, Instruction(Order.STOP, by="", reason="")))
    others = situation.strangers
    acts += [
        TerminateRun(situation.target.customer, run, is_of_sequence=stops and run not in others)
        for run in situation.open
    ]
    if not acts:
        told = "has nothing running any more, and ends by itself" if sequence else "has nothing open"
        raise UsageError(f"{situation.target.customer} {told}.", f"{line(command, 'status')} shows how it stands.")
    lost = bool(situation.open)
    warning = "What a workflow has not written by then stays unwritten, and its attempt may write a while longer."
    return Proposal(command, situation.target, tuple(acts), warnings=(warning,) if lost else ())
