"""What the check of recent runs finds, as values. ``bot.blocks.check_facts_of_runs`` puts them into words."""

from dataclasses import dataclass

from bot.model import Window


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """A run that was recognised."""

    workflow_id: str
    customer: str
    window: Window


@dataclass(frozen=True, slots=True)
class UnrecognisedRun:
    """A run that was not recognised, with the values in which its customer and days were looked for.

    ``form`` is the expected form of ids. It is "" if the mapping does not read ids. It is also "" if the mapping
    reads only the customer or only the days from ids, and this id has that part. ``absent`` are the keys that the run
    lacks. If the run lacks none, ``days`` are its values for the days, each with its key, and ``zone`` is the time
    zone in which they were read. ``input`` holds the values of the run's arguments by path. ``is_input_unread`` says
    that the arguments were not read.
    """

    workflow_id: str
    form: str
    absent: tuple[str, ...]
    days: tuple[tuple[str, str], ...] = ()
    zone: str = ""
    input: tuple[tuple[str, str], ...] = ()
    is_input_unread: bool = False


@dataclass(frozen=True, slots=True)
class NoneRecognised:
    """None of the last ``number`` runs is recognised."""

    number: int
    example: UnrecognisedRun


@dataclass(frozen=True, slots=True)
class SomeUnrecognised:
    """``unrecognised`` of the last ``number`` runs are not recognised."""

    unrecognised: int
    number: int
    example: UnrecognisedRun


@dataclass(frozen=True, slots=True)
class Recognised:
    """``recognised`` of the last ``number`` runs are recognised."""

    recognised: int
    number: int
    example: ExampleRun


@dataclass(frozen=True, slots=True)
class EmptyNamespace:
    """No workflow has run in the namespace, so it cannot be checked whether the types are right."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoRunsYet:
    """No workflow has run in the namespace, and no customer is expected there."""


@dataclass(frozen=True, slots=True)
class TypesUnknownOnQueue:
    """No run of the configured ``types`` is known, but runs of other types used the task queue. ``counts`` has each
    of the other types with the number of its runs."""

    types: tuple[str, ...]
    task_queue: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TypesNotRunYet:
    """No run of the types is known yet. ``counts`` has the types of the last runs."""

    types: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OtherIds:
    """No recent workflow id has the form in which the bot writes the ids of runs that it starts."""

    form: str
    example: str


@dataclass(frozen=True, slots=True)
class TypeNeverRan:
    """Several types are configured, and this one has never run. ``is_started``: it is the type that the bot
    starts."""

    name: str
    is_started: bool


@dataclass(frozen=True, slots=True)
class KeysAbsent:
    """No recent run carries these keys. ``unregistered`` are those that are not registered as search attributes;
    ``carried`` are other keys that recent runs carry."""

    keys: tuple[str, ...]
    unregistered: tuple[str, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongAttributeType:
    """A search attribute of this type cannot hold ``what``, which is a name or a day."""

    key: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class AttributesUnregistered:
    """Search attributes that the configuration tells the bot to write when it starts a run, but that the namespace
    does not have. The bot leaves them out."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StrangeCustomers:
    """None of the customers of the last runs is configured for the cluster."""

    names: tuple[str, ...]


RunsFact = (
    NoneRecognised
    | SomeUnrecognised
    | Recognised
    | EmptyNamespace
    | NoRunsYet
    | TypesUnknownOnQueue
    | TypesNotRunYet
    | OtherIds
    | TypeNeverRan
    | KeysAbsent
    | WrongAttributeType
    | AttributesUnregistered
    | StrangeCustomers
)
