"""What the checks find, as values; ``bot.blocks.check_facts`` words them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Union

from bot.fleet.diagnostics.mapping_facts import MappingFact
from bot.fleet.diagnostics.run_facts import RunsFact


@dataclass(frozen=True, slots=True)
class SystemSays:
    """The text with which a system answered, or of its error."""

    text: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The probe did not answer within its time limit."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DefectFound:
    """The probe has a defect; the log has its details. ``error`` is the name of the exception's class."""

    error: str


@dataclass(frozen=True, slots=True)
class Polled:
    """How many workers poll the task queue. ``is_useless``: too few, and nothing needs them yet."""

    task_queue: str
    of_workflows: int
    of_activities: int
    is_useless: bool = False


@dataclass(frozen=True, slots=True)
class PollersLack:
    """Too few workers poll the task queue. ``elsewhere``: the last runs were all on these."""

    task_queue: str
    of_workflows: int
    of_activities: int
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunsElsewhere:
    """No recent run was on the task queue."""

    task_queue: str
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenSequences:
    """How many sequences are open. ``idle_queue`` is their task queue when no bot polls it, else ""."""

    number: int
    idle_queue: str = ""


@dataclass(frozen=True, slots=True)
class CallsNeeded:
    """Watching the open ``runs`` of a cluster takes about so many ``calls`` a second, of at most ``budget``.

    A round over all runs then takes ``round_factor`` times as long as it should: 1 while the budget suffices.
    """

    runs: int
    calls: int
    budget: int
    round_factor: float = 1


@dataclass(frozen=True, slots=True)
class KeyWithoutEffect:
    """A key of the configuration that has no effect any more; ``line`` says what replaces it."""

    line: str


@dataclass(frozen=True, slots=True)
class StuckMessages:
    """Keys and reasons of messages that are set aside, and of those that have waited for long."""

    set_aside: tuple[tuple[str, str], ...]
    overdue: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BeforeProof:
    """Of so many ``completed`` runs in the history, an earlier version has recorded some: ``removed`` ones are not in
    Temporal any more and stay complete, ``to_read`` ones may be and are read again."""

    completed: int
    removed: int
    to_read: int


@dataclass(frozen=True, slots=True)
class NothingStuck:
    """No message is set aside, and none has waited for long."""


@dataclass(frozen=True, slots=True)
class LastLeader:
    """The bot that has taken the lease last, "" for none."""

    holder: str


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
    """The policy refuses this person any change, in these words."""

    refusal: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Slack does not show the members of the user group."""

    why: str


@dataclass(frozen=True, slots=True)
class NoneOfMembers:
    """None of the ``number`` members that were looked at may change anything."""

    number: int
    reasons: "tuple[PersonLack, ...]"


PersonLack = Lack | Forbidden
GroupLack = Lack | Unreadable | NoneOfMembers


@dataclass(frozen=True, slots=True)
class OperatorLacks:
    """An operator of the configuration may not change anything."""

    user_id: str
    lack: PersonLack


@dataclass(frozen=True, slots=True)
class GroupLacks:
    """No member of a user group of the configuration may change anything."""

    group_id: str
    lack: GroupLack


@dataclass(frozen=True, slots=True)
class MoreLacking:
    """So many further people and groups lack something."""

    number: int


@dataclass(frozen=True, slots=True)
class NobodyNamed:
    """The configuration names neither operators nor user groups."""


@dataclass(frozen=True, slots=True)
class NobodyMay:
    """None of those named may change anything."""


@dataclass(frozen=True, slots=True)
class WhoMay:
    """So many people and user groups may change things."""

    people: int
    groups: int


@dataclass(frozen=True, slots=True)
class OperatorsUnknown:
    """Slack told of nobody, with this error."""

    error: str


WorkersFact = Polled | PollersLack | RunsElsewhere | OpenSequences | CallsNeeded
BotFact = StuckMessages | NothingStuck | BeforeProof | LastLeader | KeyWithoutEffect
AnyFact = SystemSays | NoAnswer | DefectFound
OperatorsFact = OperatorLacks | GroupLacks | MoreLacking | NobodyNamed | NobodyMay | WhoMay | OperatorsUnknown
Fact = Union[RunsFact, MappingFact, WorkersFact, BotFact, OperatorsFact, AnyFact]  # noqa: UP007  (one line)
