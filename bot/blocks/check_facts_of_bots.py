"""What ``backfill-bot check`` finds about the bots on the store, in plain text."""

from bot.blocks.words import joined
from bot.fleet.diagnostics.bot_facts import BotAtWork, BotsAtWork, BotsFact, EarlierBotLeads, NobodyWatches


def text(fact: BotsFact) -> str:
    """The fact as lines of the report."""
    match fact:
        case BotsAtWork(()):
            return "none is alive: no bot has begun, or all have stopped"
        case BotsAtWork(bots):
            return "\n".join(map(_bot, bots))
        case EarlierBotLeads(holder):
            return f"{holder}, of an earlier version, does everything: the others wait until it stops"
        case NobodyWatches(clusters):
            return f"no bot watches {joined(clusters)}: within 30 s one does, if it is configured with them"


def _bot(bot: BotAtWork) -> str:
    watches = f"watches {joined(bot.clusters)}" if bot.clusters else "watches no cluster"
    return f"{bot.holder} {'leads and ' if bot.is_leader else ''}{watches}"
