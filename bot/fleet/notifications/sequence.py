"""The notifications of a sequence: its message, and the lines in its thread.

They are part of the union in ``bot.fleet.notifications.notification``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator

from bot.model import (
    Count,
    EndedWindow,
    Instruction,
    JoinedWindows,
    Overtaken,
    Ref,
    SequenceProgress,
    SequenceSpec,
    Window,
)


@dataclass(frozen=True, slots=True)
class SequenceCard:
    """The message of a sequence that has no alert, in its present state. ``campaign`` is the name of its campaign; ""
    while a single one is known. ``link`` leads to the run of the window that runs now or that has ended in trouble;
    "" if there is none."""

    progress: SequenceProgress
    overtaken: Overtaken | None = None
    campaign: str = ""
    link: str = ""
    # The last field, because the outbox finds the messages of a kind by how their JSON ends.
    kind: Literal["sequence"] = "sequence"


@dataclass(frozen=True, slots=True)
class BegunLine:
    """A sequence begins. ``windows`` is how many windows it has if their size never changes."""

    spec: SequenceSpec
    windows: int
    kind: Literal["sequence begun"] = "sequence begun"


@dataclass(frozen=True, slots=True)
class ClearedLine:
    """All runs that the sequence had to cancel have closed: ``closed`` runs, of which ``completed`` completed
    nevertheless.

    The sequence waits for ``waits`` before it starts a window: one heartbeat timeout, during which an attempt that
    Temporal no longer hears from may still write. ``is_all`` means that the sequence had nothing else to do.
    """

    spec: SequenceSpec
    closed: int
    completed: int
    waits: timedelta
    is_all: bool = False
    kind: Literal["sequence cleared"] = "sequence cleared"


@dataclass(frozen=True, slots=True)
class StillOpenLine:
    """A run is still open although the sequence has requested its cancellation. ``waited`` is how long the sequence
    has waited since. People may terminate the run. ``window`` is None if the run's days are unknown. ``is_below``:
    the run has closed, and ``ref`` is a workflow below it."""

    spec: SequenceSpec
    ref: Ref
    window: Window | None
    waited: timedelta
    overtaken: Overtaken | None = None
    is_below: bool = False
    kind: Literal["sequence still open"] = "sequence still open"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A window cannot start yet, because it is not known whether somebody else has run the window's days meanwhile.
    ``why`` says why this is not known. The sequence asks again after at most ``every``."""

    spec: SequenceSpec
    window: Window
    why: str
    every: timedelta
    kind: Literal["sequence waiting"] = "sequence waiting"


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window has ended: ``closed`` of ``total`` windows are over now. ``size_before`` and ``size_after`` are in
    days.

    ``count`` is None if nothing was counted, because the window did not complete. ``joined`` sums up the windows that
    share this line, this window included; None if the line is about this window alone.
    """

    spec: SequenceSpec
    ended: EndedWindow
    closed: int
    total: int
    count: Count | None
    size_before: int
    size_after: int
    overtaken: Overtaken | None = None
    joined: JoinedWindows | None = None
    kind: Literal["sequence window"] = "sequence window"


@dataclass(frozen=True, slots=True)
class CutLine:
    """A window failed, or timed out on heartbeat too often, and runs again as ``halves``. ``timeouts`` is how often
    it timed out. If this is less than ``split_after`` of ``spec``, the window failed for another reason."""

    spec: SequenceSpec
    ended: EndedWindow
    timeouts: int
    halves: tuple[Window, ...]
    size_after: int
    kind: Literal["sequence cut"] = "sequence cut"


@dataclass(frozen=True, slots=True)
class InstructedLine:
    """The sequence has accepted an instruction."""

    spec: SequenceSpec
    instruction: Instruction
    kind: Literal["sequence instructed"] = "sequence instructed"


@dataclass(frozen=True, slots=True)
class SequenceEndLine:
    """The sequence has ended; ``progress`` says how. ``campaign`` is "" if only one is known."""

    progress: SequenceProgress
    took: timedelta
    kind: Literal["sequence end"] = "sequence end"
    campaign: str = ""


SequenceLine = Annotated[
    BegunLine | ClearedLine | StillOpenLine | WaitingLine | WindowLine | CutLine | InstructedLine | SequenceEndLine,
    Discriminator("kind"),
]
