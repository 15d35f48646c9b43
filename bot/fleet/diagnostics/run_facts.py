"""What the check of recent runs finds, as values; ``bot.blocks.check_facts_of_runs`` words them."""

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
    """A run that was not recognised: its id is not of the form ``form`` ("": ids are not read), and keys do not help.

    ``absent`` are the keys that it does not carry. Without any, ``days`` are the start and end that cannot be read in
    the time zone ``zone``, each with its key. ``input`` is what its arguments hold, by path, unless
    ``is_input_unread``.
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
    """Nothing has run in the namespace, so nothing shows whether the types are right."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoRunsYet:
    """Nothing has run in the namespace, and no customer is expected there."""


@dataclass(frozen=True, slots=True)
class TypesUnknownOnQueue:
    """No run of the types is known, while runs of other types were on the task queue; ``counts`` has how many."""

    types: tuple[str, ...]
    task_queue: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TypesNotRunYet:
    """No run of the types is known yet; ``counts`` has the types of the last runs."""

    types: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OtherIds:
    """No recent workflow id is of the form that the bot gives to those that it starts."""

    form: str
    example: str


@dataclass(frozen=True, slots=True)
class TypeNeverRan:
    """No run of one of several types is known."""

    name: str
    is_started: bool


@dataclass(frozen=True, slots=True)
class KeysAbsent:
    """No recent run carries these keys. ``unregistered`` are no search attributes; ``carried`` are other keys."""

    keys: tuple[str, ...]
    unregistered: tuple[str, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongAttributeType:
    """A search attribute of this type cannot hold ``what``: a name or a day."""

    key: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class AttributesUnregistered:
    """Search attributes that starts name and the namespace does not have: the bot leaves them out."""

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
