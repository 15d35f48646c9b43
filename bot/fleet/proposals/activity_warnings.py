"""Warnings about activities: what a longer timeout, a reset, a pause or a cancel does not do, or does later."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands import ControlRequest


@dataclass(frozen=True, slots=True)
class DeathSeenLater:
    """With the longer timeout, the bot notices a dead worker only after this time. It also waits that long for a
    cancelled run."""

    timeout: timedelta


@dataclass(frozen=True, slots=True)
class AttemptsGoOn:
    """``number`` activities have a running attempt. A reset leaves it alone."""

    number: int


@dataclass(frozen=True, slots=True)
class LaterActivitiesRun:
    """A pause holds only activities that are pending now, and their workflows may still begin others. No timeout ends
    a paused activity."""


@dataclass(frozen=True, slots=True)
class OutsideGoesOn:
    """``number`` runs outside of a sequence go on, because they have no activity that can be paused."""

    number: int


@dataclass(frozen=True, slots=True)
class StayPaused:
    """``number`` activities stay paused, because the server does not let the bot resume them."""

    number: int


@dataclass(frozen=True, slots=True)
class PausedAttemptOpen:
    """A run to cancel has a paused activity whose attempt has not ended. If the attempt sends no heartbeats, it
    learns of the cancel only after somebody has resumed the activity."""

    command: ControlRequest


ActivityWarning = DeathSeenLater | AttemptsGoOn | LaterActivitiesRun | OutsideGoesOn | StayPaused | PausedAttemptOpen
