"""The errors with which the bot tells people what is wrong. Each class is a different thing to tell.

    BackfillBotError
    ├── ConfigError          the configuration has mistakes (all of them, one line each)
    ├── UsageError           what was typed or clicked cannot be read as a request
    │   ├── NameMissing      the name of what it is about is missing
    │   └── CampaignMissing  the name of the campaign that it changes is missing
    ├── Declined             understood, but it cannot be done as things are (bot/fleet/refusals/declined.py)
    │   └── ActionBlocked    there is something to do, but something around it has to be put right first
    ├── NotAllowed           understood, but this person may not
    └── DependencyError      a system around the bot did not do what it was asked
        ├── Unavailable      no answer, or it may have acted without telling us: worth another try
        │   ├── RateLimited  it asked us to wait
        │   ├── Unreachable  no connection, or not with what we expect, until a person mends what the text names
        │   └── NoAnswer     we stopped waiting; the system may still do it
        ├── Refused          it said no: another try would get the same answer
        │   ├── Gone         what the bot opened at its start has gone: only a restart helps
        │   ├── AccessDenied it refuses every request until a person has mended the bot's access
        │   ├── NotOffered   it does not offer this: an older version, or switched off there
        │   ├── StatementRefused  it refuses what a section of the configuration asks for
        │   └── UnrecognisedRefusal  for a reason that the bot does not know: another try may succeed
        ├── NotFound         what was asked for does not exist (any more)
        └── Conflict         somebody else changed the same thing in between: read it again, then decide again

An adapter turns the vendor's exceptions into one of these, always with ``raise … from exc``.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.redaction import redact


class BackfillBotError(Exception):
    """The base class of the errors that tell a person what is wrong. Its text may be shown to them, except that of
    Declined, which is only for logs."""


class ConfigError(BackfillBotError):
    """The configuration cannot be used. ``mistakes`` has one complete line for each mistake."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class UsageError(BackfillBotError):
    """A request that cannot be read. ``hint`` says what to type instead, if that is known."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(f"{problem} {hint}".strip())
        self.problem = problem
        self.hint = hint


class NameMissing(UsageError):
    """A command lacks the name of what it is about, such as a customer. The thread in which it was typed may make
    that clear."""


class CampaignMissing(UsageError):
    """A command lacks the name of the campaign that it changes. No thread makes that clear."""


class NotAllowed(BackfillBotError):
    """This person may not do this; the text names who may."""


class DependencyError(BackfillBotError):
    """A system around the bot did not do what it was asked. ``system`` names it, and ``why`` is what it said, without
    secrets, because the text is shown, logged and stored."""

    def __init__(self, system: str, why: str) -> None:
        self.system = system
        self.why = redact(why)
        super().__init__(f"{system}: {self.why}")


class Unavailable(DependencyError):
    """No usable answer: refused connection, timeout, server error, lost reply. The effect may have happened."""


class RateLimited(Unavailable):
    """The system asked to wait for ``retry_after``."""

    def __init__(self, system: str, why: str, retry_after: timedelta) -> None:
        super().__init__(system, why)
        self.retry_after = retry_after


class Unreachable(Unavailable):
    """No connection, or something else answers than expected, and waiting does not help: the text says what a person
    has to mend (certificate, port, name, path, credentials). Nothing was carried out."""


class NoAnswer(Unavailable):
    """No answer within the bot's time limit. The request may still be carried out later."""


class Refused(DependencyError):
    """The system understood and declined (permission, bad statement, invalid blocks, archived channel)."""


class Gone(Refused):
    """What the bot opened at its start has gone or was replaced. Waiting does not help, and going on would write
    where nobody looks: the bot has to be restarted."""


class AccessDenied(Refused):
    """The system does not let the bot in (token revoked, not in the channel). The request itself is not at fault."""


class NotOffered(Refused):
    """The system does not offer what was asked for, because its version is too old for that, or because it is
    switched off there."""


class StatementRefused(Refused):
    """The system refuses what the configuration asks for: ``section`` of backfill.toml has to be corrected."""

    def __init__(self, system: str, section: str, reason: str) -> None:
        super().__init__(system, f"{section} of backfill.toml is of no use: {reason}")
        self.section = section


class UnrecognisedRefusal(Refused):
    """The system declined for a reason that the bot does not know, so another try may succeed."""


class NotFound(DependencyError):
    """The system has no such thing (any more)."""


class Conflict(DependencyError):
    """What was to be changed is no longer as it was read. Nothing was changed."""


def new_reference() -> str:
    """A new reference (8 hex digits), by which a person's error message is found in the log."""
    return secrets.token_hex(4)
