"""What a sequence says in its thread, and of itself, as facts: part of ``bot.fleet.notifications.notification``."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator

from bot.model import (
    Count,
    EndedWindow,
    Instruction,
    Overtaken,
    Ref,
    SequenceProgress,
    SequenceSpec,
    Window,
)


@dataclass(frozen=True, slots=True)
class SequenceCard:
    """The message of a sequence that no alert tells of: how it stands now."""

    progress: SequenceProgress
    overtaken: Overtaken | None = None
    kind: Literal["sequence"] = "sequence"


@dataclass(frozen=True, slots=True)
class BegunLine:
    """A sequence begins: what was asked, by whom and why, and what it will do. ``windows`` is by the first size."""

    spec: SequenceSpec
    windows: int
    kind: Literal["sequence begun"] = "sequence begun"


@dataclass(frozen=True, slots=True)
class ClearedLine:
    """All runs that were to be cancelled are closed; ``completed`` of ``closed`` did complete after all.

    ``waits`` is how long nothing starts yet: one heartbeat timeout, in which a silent attempt may still write.
    ``is_all``: nothing follows then.
    """

    spec: SequenceSpec
    closed: int
    completed: int
    waits: timedelta
    is_all: bool = False
    kind: Literal["sequence cleared"] = "sequence cleared"


@dataclass(frozen=True, slots=True)
class StillOpenLine:
    """A run was asked to end and does not: people may terminate it. ``window`` is None where not recognised."""

    spec: SequenceSpec
    ref: Ref
    window: Window | None
    waited: timedelta
    overtaken: Overtaken | None = None
    kind: Literal["sequence still open"] = "sequence still open"


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window is over. ``closed`` of ``total`` windows are now; sizes are in whole days, before and after.

    ``count`` is None where nothing was counted: it did not complete.
    """

    spec: SequenceSpec
    ended: EndedWindow
    closed: int
    total: int
    count: Count | None
    size_before: int
    size_after: int
    overtaken: Overtaken | None = None
    kind: Literal["sequence window"] = "sequence window"


@dataclass(frozen=True, slots=True)
class CutLine:
    """A window failed, or timed out too often (``timeouts`` times), and is run again as ``halves``."""

    spec: SequenceSpec
    ended: EndedWindow
    timeouts: int
    halves: tuple[Window, ...]
    size_after: int
    kind: Literal["sequence cut"] = "sequence cut"


@dataclass(frozen=True, slots=True)
class InstructedLine:
    """Somebody told the sequence something, and it took it."""

    spec: SequenceSpec
    instruction: Instruction
    kind: Literal["sequence instructed"] = "sequence instructed"


@dataclass(frozen=True, slots=True)
class SequenceEndLine:
    """The sequence is over; ``progress`` says how."""

    progress: SequenceProgress
    took: timedelta
    kind: Literal["sequence end"] = "sequence end"


SequenceLine = Annotated[
    BegunLine | ClearedLine | StillOpenLine | WindowLine | CutLine | InstructedLine | SequenceEndLine,
    Discriminator("kind"),
]
