"""What to type for customers that have never run and wait in no queue."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target


def lines(targets: Sequence[Target], campaign: str = "", only: Sequence[str] = ()) -> list[Line]:
    """``6 not started: /backfill run all queues them.`` If ``only`` is empty, one line for all customers. If ``only``
    names clusters, a line for each of these clusters, and customers on other clusters are left out. Callers name
    clusters if the reader may start customers only there, or if the digest is only about these clusters."""
    groups = [[target for target in targets if target.cluster == name] for name in only] if only else [targets]
    return [_line(group, campaign) for group in groups if group]


def _line(targets: Sequence[Target], campaign: str) -> Line:
    """Names the customer if there is only one, or the cluster if all customers are on one cluster."""
    clusters = {target.cluster for target in targets}
    where, then = typed(next(iter(clusters))) if len(clusters) == 1 else "all", "queues them."
    if len(targets) == 1:
        where, then = typed(words.name(str(targets[0]))), "starts it."
    lead, command = f"{len(targets):,} not started", f"{SLASH} run {where}{words.in_campaign(campaign)}"
    return Line(f"{lead}:", f"*{lead}*:").then(Line(command, kit.code(command))).then(then)
