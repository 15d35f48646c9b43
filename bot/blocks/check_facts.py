"""What ``backfill-bot check`` finds, in plain text."""

from collections.abc import Sequence

from bot.blocks import (
    check_facts_of_bots,
    check_facts_of_contents,
    check_facts_of_mapping,
    check_facts_of_operators,
    check_facts_of_routes,
    check_facts_of_runs,
)
from bot.blocks.words import plural
from bot.fleet.diagnostics.bot_facts import BotsAtWork, EarlierBotLeads, NobodyWatches
from bot.fleet.diagnostics.contents_facts import (
    ChecksumsAgree,
    ChecksumsNeverAgreed,
    RowsAgree,
    RowsDisagree,
    RowsUnproven,
)
from bot.fleet.diagnostics.facts import (
    AnyFact,
    BeforeProof,
    BotFact,
    CallsNeeded,
    DefectFound,
    Fact,
    GroupLacks,
    KeyWithoutEffect,
    MoreLacking,
    NameReserved,
    NoAnswer,
    NobodyMay,
    NobodyNamed,
    NobodyNamedFor,
    NoInstructions,
    NothingStuck,
    OpenSequences,
    OperatorLacks,
    OperatorsUnknown,
    Polled,
    PollersLack,
    RunsElsewhere,
    StuckMessages,
    SystemSays,
    WhoMay,
    WorkersFact,
)
from bot.fleet.diagnostics.mapping_facts import (
    ArgumentsUnreadable,
    ClusterAway,
    FiltersApart,
    MappingProposed,
    NoMappingFound,
    RecentRunRows,
    RunsUnrecognised,
    SharedRuns,
)
from bot.fleet.diagnostics.route_facts import CampaignOfNoFile, MentionLacks, RouteRefused, RoutesReach, RoutesUnknown
from bot.fleet.diagnostics.same_days import SameDays
from bot.model.text import listed

# Each list names at most this many messages, because there may be very many.
MESSAGES_LISTED = 20


def text(fact: Fact) -> str:  # noqa: PLR0911  (one line a kind is the point)
    """The fact as lines of the report."""
    match fact:
        case SystemSays() | NoAnswer() | DefectFound():
            return _of_any(fact)
        case Polled() | PollersLack() | RunsElsewhere() | OpenSequences() | NoInstructions() | CallsNeeded():
            return _of_workers(fact)
        case ChecksumsNeverAgreed() | ChecksumsAgree() | RowsAgree() | RowsDisagree() | RowsUnproven():
            return check_facts_of_contents.text(fact)
        case StuckMessages() | NothingStuck() | BeforeProof() | KeyWithoutEffect() | NameReserved():
            return _of_bot(fact)
        case (
            OperatorLacks()
            | GroupLacks()
            | MoreLacking()
            | NobodyNamed()
            | NobodyNamedFor()
            | NobodyMay()
            | WhoMay()
            | OperatorsUnknown()
        ):
            return check_facts_of_operators.text(fact)
        case RouteRefused() | MentionLacks() | CampaignOfNoFile() | RoutesReach() | RoutesUnknown():
            return check_facts_of_routes.text(fact)
        case BotsAtWork() | EarlierBotLeads() | NobodyWatches():
            return check_facts_of_bots.text(fact)
        case (
            RecentRunRows()
            | RunsUnrecognised()
            | MappingProposed()
            | NoMappingFound()
            | ArgumentsUnreadable()
            | ClusterAway()
            | SharedRuns()
            | SameDays()
            | FiltersApart()
        ):
            return check_facts_of_mapping.text(fact)
        case _:
            return check_facts_of_runs.text(fact)


def _of_any(fact: AnyFact) -> str:
    match fact:
        case SystemSays(answer):
            return answer
        case NoAnswer(seconds):
            return f"no answer within {seconds:g} s"
        case DefectFound(error):
            return f"unexpected {error}; the log has the details"


def _of_workers(fact: WorkersFact) -> str:
    match fact:
        case Polled(queue, of_workflows, of_activities, is_useless):
            polling = f"workers that poll {queue}: {of_workflows} for workflows, {of_activities} for activities"
            return f"{polling}, so nothing would run there" if is_useless else polling
        case PollersLack():
            return (
                f"{_lack_of_pollers(fact)}; {_elsewhere(fact.elsewhere)}"
                if fact.elsewhere
                else _lack_of_pollers(fact)
            )
        case RunsElsewhere(queue, queues):
            return f"no recent run was on task queue {queue}: {_elsewhere(queues)}"
        case OpenSequences(number, idle_queue):
            idle = f", which wait for a bot: none polls {idle_queue}" if idle_queue else ""
            return f"open sequences: {number}{idle}"
        case NoInstructions():
            return (
                "workflow updates are switched off, or the server is too old for them: a sequence can be cancelled"
                " and terminated, and not be paused, resumed, or told to skip or rerun days"
            )
        case CallsNeeded():
            return _calls_needed(fact)


def _calls_needed(fact: CallsNeeded) -> str:
    runs = plural(fact.runs, "open run")
    runs += f" and about {plural(fact.below, 'workflow')} below" if fact.below else ""
    calls = f"watching {runs} takes about {fact.calls:,} of {fact.budget:,} calls a second"
    if fact.round_factor <= 1:
        return calls
    late = (
        f"alerts come late, and a round over all runs takes about {fact.round_factor:.1f} times as long as it should"
    )
    return f"{calls}: {late}. Raise calls_per_second if Temporal allows it, or slow_round"


def _lack_of_pollers(fact: PollersLack) -> str:
    queue = fact.task_queue
    match fact.of_workflows, fact.of_activities:
        case 0, 0:
            return f"no worker polls task queue {queue}: the bot starts nothing there"
        case _, 0:
            no_activities = f"no worker polls task queue {queue} for activities"
            return f"{no_activities}: they wait, unless they have a task queue of their own"
        case _, number:
            no_workflows = f"no worker polls task queue {queue} for workflows ({number} for activities)"
            return f"{no_workflows}: the bot starts nothing there"


def _elsewhere(queues: Sequence[str]) -> str:
    return f"the last runs were on {listed(queues)}"


def _of_bot(fact: BotFact) -> str:
    match fact:
        case StuckMessages(set_aside, overdue):
            lines = [*_messages("set aside", set_aside), *_messages("waiting for over an hour", overdue)]
            return "outbox: " + "\n".join(lines)
        case NothingStuck():
            return "nothing is set aside, nothing waits for long"
        case BeforeProof():
            return _before_proof(fact)
        case KeyWithoutEffect(line):
            return line
        case NameReserved(name):
            return f"{name} is a reserved word: in commands its name goes in double quotes"


def _messages(label: str, messages: Sequence[tuple[str, str]]) -> list[str]:
    if not messages:
        return []
    lines = [f"{key}: {reason}" if reason else key for key, reason in messages[:MESSAGES_LISTED]]
    more = [f"and {len(messages) - MESSAGES_LISTED} more"] if len(messages) > MESSAGES_LISTED else []
    return [f"{len(messages)} {label}", *lines, *more]


def _before_proof(fact: BeforeProof) -> str:
    """How many runs count as complete only because an earlier version of the bot recorded them as complete."""
    if not fact.removed and not fact.to_read:
        return f"it is kept how {plural(fact.completed, 'completed run')} ended"
    number = f"{fact.removed + fact.to_read:,} of {plural(fact.completed, 'completed run')}"
    rest = f"; {fact.to_read:,} of them are being read again" if fact.to_read else ""
    return f"{number} were recorded before proof was kept, and count as complete{rest}. verify all proves their days"
