"""Every error the bot raises on purpose; each class is one different thing to tell the user.

    BackfillBotError
    ├── ConfigError          the configuration has mistakes (all of them, one line each)
    ├── UsageError           what was typed or clicked cannot be carried out as it stands
    │   └── Hindered         it would do something, and something around it has to be put right first
    ├── NotAllowed           understood, but this person may not
    └── SystemAnswer         a system around the bot did not do what it was asked
        ├── Unavailable      no answer, or it may have acted without telling us: worth another try
        │   ├── RateLimited  it asked us to wait
        │   ├── Unreachable  no connection, until a person has mended what the text names
        │   └── NoAnswer     given up by us, and perhaps still under way there
        ├── Refused          it said no: another try would hear the same
        │   ├── Gone         what the bot has opened is not there any more: only a new start helps
        │   ├── NotAdmitted  whatever it is asked, until a person has mended the bot's access
        │   ├── StatementRefused  what the configuration asks for: its section is named
        │   └── Doubtful     for a reason nobody has told us of: it may pass
        ├── NotFound         what was asked for is not there (any more)
        └── Conflict         somebody else changed the same thing in between: look again, then decide again

Vendor exceptions become one of these in the adapter that met them, always with ``raise … from exc``.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.redaction import redact


class BackfillBotError(Exception):
    """Root of the tree; its text is a sentence that may be shown to a person."""


class ConfigError(BackfillBotError):
    """The configuration cannot be used; ``mistakes`` holds one complete line for each mistake."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class UsageError(BackfillBotError):
    """A request that cannot be carried out; ``hint`` says what to type instead, when that is known."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(f"{problem} {hint}".strip())
        self.problem = problem
        self.hint = hint


class ActionBlocked(UsageError):
    """There is something to do that cannot be done now: never the same as nothing to do."""


class NotAllowed(BackfillBotError):
    """This person may not do this; the text names who may."""


class DependencyError(BackfillBotError):
    """Common part of what systems around the bot answer: which system, and what it said: without secrets, since it
    is shown, logged and kept."""

    def __init__(self, system: str, why: str) -> None:
        self.system = system
        self.why = redact(why)
        super().__init__(f"{system}: {self.why}")


class Unavailable(DependencyError):
    """No usable answer: refused connection, timeout, server error, lost reply. The effect may have happened."""


class RateLimited(Unavailable):
    """The system asked for patience of ``retry_after``."""

    def __init__(self, system: str, why: str, retry_after: timedelta) -> None:
        super().__init__(system, why)
        self.retry_after = retry_after


class Unreachable(Unavailable):
    """No connection, and none will come by waiting: the text says what a person has to mend (certificate, port,
    name). Nothing was carried out."""


class NoAnswer(Unavailable):
    """Nothing came within our time limit: it may still be carried out, some time later."""


class Refused(DependencyError):
    """The system understood and declined (permission, bad statement, invalid blocks, archived channel)."""


class Gone(Refused):
    """What the bot opened at its start is not there any more, or is something else now. Waiting does not help, and
    going on would write where nobody looks: the bot has to end, and to be started again."""


class AccessDenied(Refused):
    """The system does not let the bot in, or not there (token revoked, not in the channel): no request is wrong."""


class StatementRefused(Refused):
    """What the configuration has it do is of no use: ``section`` is the part of backfill.toml to correct."""

    def __init__(self, system: str, section: str, reason: str) -> None:
        super().__init__(system, f"{section} of backfill.toml is of no use: {reason}")
        self.section = section


class UnrecognisedRefusal(Refused):
    """It declined for a reason that the bot does not know: another try may hear something else."""


class NotFound(DependencyError):
    """The system knows no such thing."""


class Conflict(DependencyError):
    """What was to be changed is no longer as it was read; nothing has been changed."""


def new_reference() -> str:
    """What the person and the log both show of a failure: 8 hex digits."""
    return secrets.token_hex(4)
