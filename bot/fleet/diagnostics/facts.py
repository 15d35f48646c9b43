"""What the checks find, as values. ``bot.blocks.check_facts`` puts them into words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Union

from bot.fleet.diagnostics.bot_facts import BotsFact
from bot.fleet.diagnostics.contents_facts import ContentsFact
from bot.fleet.diagnostics.mapping_facts import MappingFact
from bot.fleet.diagnostics.route_facts import RouteFact
from bot.fleet.diagnostics.run_facts import RunsFact


@dataclass(frozen=True, slots=True)
class SystemSays:
    """The text of a system's answer or of its error."""

    text: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The probe did not answer within its time limit."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DefectFound:
    """The probe itself failed by a bug, which is in the log. ``error`` is the name of the exception's class."""

    error: str


@dataclass(frozen=True, slots=True)
class Polled:
    """How many pollers the task queue has for workflow tasks and for activities. ``is_useless`` says that no poller
    takes workflow tasks, but that none is needed yet."""

    task_queue: str
    of_workflows: int
    of_activities: int
    is_useless: bool = False


@dataclass(frozen=True, slots=True)
class PollersLack:
    """No worker polls the task queue for workflow tasks, or none polls it for activities. ``elsewhere`` are the task
    queues of the last runs; empty if one of these runs was on ``task_queue``, or if only activities lack pollers."""

    task_queue: str
    of_workflows: int
    of_activities: int
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunsElsewhere:
    """No recent run was on the task queue. ``elsewhere`` are the task queues of the recent runs."""

    task_queue: str
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenSequences:
    """How many sequences are open. If no bot polls the task queue on which they wait, ``idle_queue`` is that queue;
    otherwise ""."""

    number: int
    idle_queue: str = ""


@dataclass(frozen=True, slots=True)
class NoInstructions:
    """The server takes no workflow updates, which carry the instructions to sequences."""


@dataclass(frozen=True, slots=True)
class CallsNeeded:
    """The bot makes about ``calls`` calls a second to watch a cluster, and its budget is ``budget`` calls a second.
    The cluster has ``runs`` open runs, and ``below`` open workflows below them.

    A round over all runs takes ``round_factor`` times as long as it should: 1 if the budget is large enough.
    """

    runs: int
    calls: int
    budget: int
    round_factor: float = 1
    below: int = 0


@dataclass(frozen=True, slots=True)
class KeyWithoutEffect:
    """A key of the configuration that no longer has an effect. ``line`` says what replaces it."""

    line: str


@dataclass(frozen=True, slots=True)
class StuckMessages:
    """The messages that are dead letters (``set_aside``) or have waited for long (``overdue``), each as its key and a
    reason."""

    set_aside: tuple[tuple[str, str], ...]
    overdue: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BeforeProof:
    """The run history has ``completed`` completed runs. An earlier version recorded some of them without proof of how
    they ended. ``removed`` of these are no longer in Temporal and stay complete. The other ``to_read`` may still be
    in Temporal and are read again."""

    completed: int
    removed: int
    to_read: int


@dataclass(frozen=True, slots=True)
class NothingStuck:
    """No message is a dead letter, and none has waited for long."""


class Lack(StrEnum):
    """Why a person or a user group may not change anything."""

    NO_SUCH_USER = "no such user"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    GUEST = "guest"
    NO_SUCH_GROUP = "no such group"
    NO_MEMBERS = "no members"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The policy allows this person no change. ``refusal`` is its reason."""

    refusal: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Slack does not show who is in the user group."""

    why: str


@dataclass(frozen=True, slots=True)
class NoneOfMembers:
    """None of the ``number`` members that were checked may change anything."""

    number: int
    reasons: "tuple[PersonLack, ...]"


PersonLack = Lack | Forbidden
GroupLack = Lack | Unreadable | NoneOfMembers


@dataclass(frozen=True, slots=True)
class OperatorLacks:
    """An operator in the configuration may not change anything."""

    user_id: str
    lack: PersonLack


@dataclass(frozen=True, slots=True)
class GroupLacks:
    """No member of a user group in the configuration is known to be allowed to change anything."""

    group_id: str
    lack: GroupLack


@dataclass(frozen=True, slots=True)
class MoreLacking:
    """The list of people and groups that may not change anything is cut: it leaves out ``number`` of its entries."""

    number: int


@dataclass(frozen=True, slots=True)
class NameReserved:
    """``name`` belongs to a customer or cluster, but commands read it as a word of their own."""

    name: str


@dataclass(frozen=True, slots=True)
class NobodyNamed:
    """The configuration names neither operators nor user groups."""


@dataclass(frozen=True, slots=True)
class NobodyNamedFor:
    """The configuration names operators only for single clusters, and nobody for these ``clusters``."""

    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NobodyMay:
    """None of the people and groups that the configuration names may change anything."""


@dataclass(frozen=True, slots=True)
class WhoMay:
    """How many people and user groups may change things."""

    people: int
    groups: int


@dataclass(frozen=True, slots=True)
class OperatorsUnknown:
    """It is unknown who may change anything, because Slack did not answer about any of the people. ``error`` is
    Slack's error."""

    error: str


WorkersFact = Polled | PollersLack | RunsElsewhere | OpenSequences | NoInstructions | CallsNeeded
BotFact = StuckMessages | NothingStuck | BeforeProof | KeyWithoutEffect | NameReserved
AnyFact = SystemSays | NoAnswer | DefectFound
OperatorsFact = (
    OperatorLacks | GroupLacks | MoreLacking | NobodyNamed | NobodyNamedFor | NobodyMay | WhoMay | OperatorsUnknown
)
Fact = Union[RunsFact, MappingFact, WorkersFact, BotFact, ContentsFact, OperatorsFact, RouteFact, BotsFact, AnyFact]  # noqa: UP007  (one line)
