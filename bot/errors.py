"""The errors with which the bot tells people what is wrong. Each class stands for a different message.

    BackfillBotError
    ├── ConfigError          the configuration has mistakes (all of them, one line each)
    ├── UsageError           what was typed or clicked cannot be read as a request
    │   ├── NameMissing      the command lacks the name of what it is about
    │   └── CampaignMissing  the command lacks the name of the campaign that it changes
    ├── Declined             understood, but it cannot be done as things are (bot/fleet/refusals/declined.py)
    │   └── ActionBlocked    there is something to do, but something around it has to be put right first
    ├── NotAllowed           understood, but this person may not
    └── DependencyError      a system around the bot did not do what it was asked
        ├── Unavailable      no usable answer, but the system may have acted: worth another try
        │   ├── RateLimited  the system asked the bot to wait
        │   ├── Unreachable  no connection, or something else answers: a person has to mend what the text names
        │   └── NoAnswer     the bot stopped waiting; the system may still act
        ├── Refused          the system said no: another try would get the same answer
        │   ├── Gone         something that the bot opened at its start has gone: only a restart helps
        │   ├── AccessDenied the system refuses every request until a person has mended the bot's access
        │   ├── NotOffered   the system does not offer this: its version is older, or this is switched off there
        │   ├── StatementRefused  the system refuses what a section of the configuration asks for
        │   └── UnrecognisedRefusal  the bot does not know the system's reason: another try may succeed
        ├── NotFound         what was asked for does not exist (any more)
        └── Conflict         somebody else changed the same thing in between: read it again, then decide again

An adapter turns the vendor's exceptions into one of these, always with ``raise … from exc``.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.redaction import redact


class BackfillBotError(Exception):
    """The base class of the errors that tell a person what is wrong. That person may see the text of the error. Only
    the text of Declined is for logs alone."""


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
    """A command lacks the name of what it is about, such as a customer. The thread in which the command was typed may
    tell the name."""


class CampaignMissing(UsageError):
    """A command lacks the name of the campaign that it changes. The thread in which the command was typed never tells
    this name."""


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
    """There is no connection, or something unexpected answers. Waiting does not help: the text says what a person has
    to mend (certificate, port, name, path, credentials). Nothing was carried out."""


class NoAnswer(Unavailable):
    """No answer within the bot's time limit. The request may still be carried out later."""


class Refused(DependencyError):
    """The system understood and declined (permission, bad statement, invalid blocks, archived channel)."""


class Gone(Refused):
    """Something that the bot opened at its start has gone or was replaced. Waiting does not help. If the bot went on,
    it would write where nobody looks, so it has to be restarted."""


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
    """Somebody else changed the same thing after the bot had read it. The bot has changed nothing."""


def new_reference() -> str:
    """A new reference (8 hex digits), by which a person's error message is found in the log."""
    return secrets.token_hex(4)
