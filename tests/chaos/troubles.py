"""Carries out what was planned to go wrong; what takes a while does so while the rest goes on."""

import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

from tests.chaos.bots import Bots
from tests.chaos.plan import Away, Connects, Kill, Moment, SlackMisbehaves, Unreachable
from tests.e2e.control import Control

CONFLICT = 409


def happen(moments: Iterable[Moment], bots: Bots, control: Control) -> None:
    """All of it; when it returns everything stands again, and Slack behaves."""
    under_way: list[Future[None]] = []
    with ThreadPoolExecutor() as aside:
        for moment in moments:
            time.sleep(moment.after)
            match moment.trouble:
                case Connects(bot):
                    bots.wait_connected(bot)
                case Kill(bot, lapses):
                    bots.kill(bot, lapses=lapses)
                case SlackMisbehaves(fault):
                    control.post("_control/faults", **fault)
                case Away() as away:
                    under_way.append(aside.submit(_restart, away, control))
                case Unreachable() as cut:
                    under_way.append(aside.submit(_cut, cut, control))
    for each in under_way:
        each.result()
    control.post("_control/reset")


def _restart(away: Away, control: Control) -> None:
    where: dict[str, Any] = {"cluster": away.cluster} if away.cluster else {}
    try:
        control.post("_control/restart", part=away.part, down_seconds=away.seconds, **where)
    except HTTPError as refusal:
        # It is away already.
        if refusal.code != CONFLICT:
            raise


def _cut(cut: Unreachable, control: Control) -> None:
    control.relay(cut.cluster, cut.part, cut.mode)
    time.sleep(cut.seconds)
    control.relay(cut.cluster, cut.part, "ok")
