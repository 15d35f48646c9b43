"""A customer's open work in plain text: its sequence, its runs, and what is open for it on other clusters."""

from bot.blocks import children, words
from bot.commands import SLASH, ControlRequest
from bot.commands.words import typed
from bot.fleet.refusals.runs import RunFacts
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.runs.open_work import AlsoRuns, ExpectedElsewhere, NamesNotSeen, NotSeen, OpenWork, OpenWorkNote
from bot.model import Phase, SequenceProgress, duration_text, in_utc
from bot.model.text import listed
from bot.redaction import redact_line

# The most characters of a person's reason that a sentence shows.
REASON_SHOWN = 120


def command_form(command: ControlRequest, word: str, rest: str = "") -> str:
    """The command ``word`` about the target of ``command``, as a person types it: ``/backfill pause hilton``.
    ``rest`` follows the name."""
    return " ".join(filter(None, (SLASH, word, typed(command.target), rest)))


def sequence(opened: OpenSequence) -> str:
    """``A sequence of hilton runs already: window 3 of 11, begun by Olivia at … for: too slow.``

    If the sequence is stopping: ``A sequence of hilton is being cancelled, window 3 of 11, begun by …``.
    """
    standing = opened.standing
    why = f" for: {redact_line(standing.reason, REASON_SHOWN).rstrip('.')}" if standing.reason else ""
    begun = f"begun by {opened.begun_by or standing.started_by} at {in_utc(standing.started_at)}{why}"
    return f"A sequence of {standing.customer} {_already(standing.progress)}, {begun}."


def _already(progress: SequenceProgress | None) -> str:
    if progress and progress.phase in (Phase.STOPPING, Phase.ENDED):
        return f"is {sequence_progress(progress)}"
    return f"runs already: {sequence_progress(progress)}"


def sequence_progress(progress: SequenceProgress | None) -> str:
    """The progress of a sequence in a few words: ``paused, window 3 of 11``."""
    if progress is None:
        return "its worker does not answer"
    window = f"window {progress.numbers[0]} of {progress.total}" if progress.total else "without windows"
    match progress.phase:
        case Phase.CLEARING:
            number = len(progress.spec.clear)
            return f"it waits until {words.plural(number, 'workflow')} {words.be(number)} closed"
        case Phase.PAUSED:
            return f"paused, {window}"
        case Phase.STOPPING:
            return f"being cancelled, {window}"
        case Phase.ENDED:
            return "ending at this moment"
        case _:
            return window


def run(facts: RunFacts) -> str:
    """``backfill-hilton-…, attempt 3, struggling, for 22 h, started by Olivia``."""
    return f"{facts.workflow_id}, {how_it_runs(facts)}"


def how_it_runs(facts: RunFacts) -> str:
    """``attempt 3, struggling, for 22 h, started by Olivia``."""
    parts = [f"attempt {facts.attempt}{children.of_child(facts.child)}", facts.health.value] if facts.health else []
    parts += ["being cancelled"] if facts.cancel_requested else []
    parts += [f"for {duration_text(facts.age)}", _starter(facts.starter)]
    return ", ".join(filter(None, parts))


def _starter(name: str | None) -> str:
    if name is None:
        return ""
    return f"started by {name}" if name else "started outside the bot"


def run_label(facts: RunFacts) -> str:
    """``the workflow over the full range``; its id instead if its days are unknown."""
    if facts.is_whole:
        return "the workflow over the full range"
    over = f"over {facts.window.briefly()}" if facts.window else facts.workflow_id
    return f"the workflow {over}"


def work(open_work: OpenWork) -> str:
    """``a sequence and 1 workflow (Jan 1–5)``."""
    if open_work.is_queued:
        return "a place in the queue"
    windows = open_work.windows
    days = f" ({listed([window.briefly() for window in windows])})"
    workflows = [f"{words.plural(len(windows), 'workflow')}{days}"] if windows else []
    return " and ".join((["a sequence"] if open_work.has_sequence else []) + workflows)


def unrecognised(number: int) -> str:
    """A sentence about open workflows whose customer is unknown."""
    return f"{words.plural(number, 'open workflow')} {words.be(number)} not recognised, and left to run."


def note(about: OpenWorkNote) -> str:
    """A sentence about where else work is open or expected, or about clusters that did not answer."""
    match about:
        case AlsoRuns(customer, elsewhere):
            status = f"{SLASH} status {typed(str(elsewhere.target))}"
            return f"{customer} also runs on {elsewhere.target.cluster}: {work(elsewhere)}. {status} shows it."
        case NotSeen(customer, silent):
            who = customer or "any of them"
            return f"{', '.join(silent)} did not answer: whether {who} runs there is not known now."
        case ExpectedElsewhere(target, expected):
            configured = f"the configuration expects {target.customer} on {listed(expected)}"
            return f"This runs on {target.cluster}; {configured}."
        case NamesNotSeen(silent):
            return f"{', '.join(silent)} did not answer: what runs only there is not known now."
