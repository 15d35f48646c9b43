"""The queue of a cluster in words: how full it is, who is next, who holds the slots, and the place of a customer."""

from bot.blocks import kit, run_status, words
from bot.blocks.lines import Line, first_names
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.status.queue import QueuePlace, QueueSilent, QueueSummary

NEXT_SHOWN = 5
HOLDERS_SHOWN = 5
LONGEST_REASON = 200


def line(cluster: str, queue: QueueSummary | QueueSilent) -> Line:
    """``voice-prod queue: 3 of 10 windows run, 12 customers queued, next: cvs, hilton and 10 more.``"""
    if isinstance(queue, QueueSilent):
        why = kit.clip(queue.why, run_status.LONGEST_WHY)
        return Line.about(cluster, f"queue: who waits there is not known ({why}).")
    sentences = [f"{_counts(queue)}.", *_paused(cluster, queue.paused_by), *([_full(queue)] if queue.is_full else [])]
    return Line.about(cluster, f"queue: {' '.join(sentences)}")


def place(cluster: str, queued: QueuePlace | QueueSilent) -> str:
    """``Queued, place 3 of 12, by olivia: the January gap.``"""
    if isinstance(queued, QueueSilent):
        return f"Whether it is queued is not known: {kit.clip(queued.why, run_status.LONGEST_WHY)}."
    by = f", by {queued.by}: {words.sentence(queued.reason, LONGEST_REASON)}" if queued.by else "."
    held = ["It is held: others go first."] if queued.is_held else []
    place_text = f"Queued, place {queued.place:,} of {queued.waiting:,}{by}"
    return " ".join([place_text, *held, *_paused(cluster, queued.paused_by)])


def _counts(queue: QueueSummary) -> str:
    running = words.plural(queue.windows, "window")
    if queue.at_once is not None:
        running = f"{queue.windows:,} of {words.plural(queue.at_once, 'window')}"
    parts = [f"{running} {'runs' if queue.windows == 1 else 'run'}"]
    parts += [f"{words.plural(queue.beginning, 'customer')} beginning"] if queue.beginning else []
    parts += [f"{words.plural(queue.waiting, 'window')} waiting for a slot"] if queue.waiting else []
    parts.append(f"{words.plural(queue.queued, 'customer')} queued" if queue.queued else "nobody queued")
    parts += [f"{queue.held:,} of them held"] if queue.held else []
    upcoming = list(map(words.name, queue.upcoming))
    return ", ".join(parts) + (f", next: {first_names(upcoming, NEXT_SHOWN)}" if upcoming else "")


def _paused(cluster: str, by: str) -> list[str]:
    return [f"Paused by {by}: {SLASH} resume {typed(cluster)} lets the queue go on."] if by else []


def _full(queue: QueueSummary) -> str:
    """Who holds the slots: the customers of the bot's sequences, and runs that the bot has not started, each of which
    takes a slot as well."""
    held = [f"{words.name(holder.customer)} {holder.slots:,}" for holder in queue.holders]
    holders = [f"held by {first_names(held, HOLDERS_SHOWN)}"] if held else []
    if queue.other_runs:
        names = [words.name(ref.workflow_id) for ref in queue.examples]
        which = f" ({', '.join(names)}{', …' if queue.other_runs > len(names) else ''})" if names else ""
        takes = "takes one" if queue.other_runs == 1 else "take one each"
        holders.append(f"{words.plural(queue.other_runs, 'run')} that the bot has not started {takes}{which}")
    return f"No slot is free: {'; '.join(holders)}." if holders else "No slot is free."
