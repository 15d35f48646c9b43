"""Sentences and phrases about sequences and runs, for proposals and refusals."""

from bot.commands import SLASH, ControlRequest
from bot.commands.words import typed
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.runs.run import Run
from bot.model import Phase, SequenceProgress, SequenceStanding, duration_text, in_utc
from bot.model.text import plural
from bot.redaction import redact_line

# How many characters of a person's reason a sentence shows.
REASON_SHOWN = 120


def typed_form(command: ControlRequest, word: str, rest: str = "") -> str:
    """A command to type, about the same target: ``/backfill pause hilton``."""
    return " ".join(filter(None, (SLASH, word, typed(command.target), rest)))


def open_sequence_sentence(standing: SequenceStanding, begun_by: str) -> str:
    """``A sequence of hilton runs already: window 3 of 11, begun by Olivia at … for: too slow.``

    For one that is stopping: ``A sequence of hilton is being cancelled, window 3 of 11, begun by …``.
    """
    why = f" for: {redact_line(standing.reason, REASON_SHOWN).rstrip('.')}" if standing.reason else ""
    begun = f"begun by {begun_by or standing.started_by} at {in_utc(standing.started_at)}{why}"
    return f"A sequence of {standing.customer} {_already(standing.progress)}, {begun}."


def _already(progress: SequenceProgress | None) -> str:
    if progress and progress.phase in (Phase.STOPPING, Phase.ENDED):
        return f"is {progress_text(progress)}"
    return f"runs already: {progress_text(progress)}"


def progress_text(progress: SequenceProgress | None) -> str:
    """The progress of a sequence in a few words: ``paused, window 3 of 11``."""
    if progress is None:
        return "its worker does not answer"
    window = f"window {progress.numbers[0]} of {progress.total}" if progress.total else "without windows"
    match progress.phase:
        case Phase.CLEARING:
            number = len(progress.spec.clear)
            return f"it waits until {plural(number, 'workflow')} {'is' if number == 1 else 'are'} closed"
        case Phase.PAUSED:
            return f"paused, {window}"
        case Phase.STOPPING:
            return f"being cancelled, {window}"
        case Phase.ENDED:
            return "ending at this moment"
        case _:
            return window


def of_run(run: Run, context: ProposalContext) -> str:
    """``backfill-hilton-…, attempt 3, struggling, for 22 h, started by Olivia``."""
    return f"{run.execution.ref.workflow_id}, {how_it_runs(run, context)}"


def how_it_runs(run: Run, context: ProposalContext) -> str:
    """``attempt 3, struggling, for 22 h, started by Olivia``."""
    health = run.health
    parts = [f"attempt {run.attempts}", health.health.value] if health else []
    parts += ["being cancelled"] if run.cancel_requested else []
    parts += [f"for {duration_text(run.age(context.at))}", _starter(run, context)]
    return ", ".join(filter(None, parts))


def run_label(run: Run, context: ProposalContext) -> str:
    """``the workflow over the full range``; with its id when its days are unknown."""
    if context.spans_campaign(run):
        return "the workflow over the full range"
    over = f"over {run.window.briefly()}" if run.window else run.execution.ref.workflow_id
    return f"the workflow {over}"


def second_sequence_error(command: ControlRequest, context: ProposalContext) -> UsageError:
    """The refusal of a second sequence, which says how to steer the open one. Raises ValueError when none is open."""
    if context.sequence is None:
        raise ValueError(f"{context.target} has no sequence")
    problem = open_sequence_sentence(context.sequence, context.begun_by)
    if context.is_ending:
        hint = f"Try again once it has ended; if it does not, {typed_form(command, 'terminate')} ends what is open."
        return UsageError(problem, hint)
    size = context.sequence.progress.size if context.sequence.progress else 1
    smaller = typed_form(command, "split", f"windows {max(1, size // 2)}d")
    resize = f", or {smaller} for smaller windows from now on" if size > 1 else ""
    hint = f"Type {typed_form(command, 'pause')} or {typed_form(command, 'cancel')}{resize}."
    return UsageError(problem, hint)


def _starter(run: Run, context: ProposalContext) -> str:
    workflow_id = run.execution.ref.workflow_id
    if workflow_id not in context.starters:
        return ""
    name = context.starters[workflow_id]
    return f"started by {name}" if name else "started outside the bot"
