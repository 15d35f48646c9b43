"""Draws what has changed since the last digest: the customers that have turned to another state, the worst first, and
how many windows have completed."""

from bot.blocks import words
from bot.blocks.digest_eta import listed
from bot.blocks.lines import Line
from bot.fleet.status.digest import Digest
from bot.fleet.status.snapshot import News
from bot.model import State, duration_text

# Worst first. A state that is not here comes last, under its own name.
_WORDS = {
    State.FAILED: "failed",
    State.IN_DOUBT: "in doubt",
    State.CANCELLED: "stopped",
    State.PARTIAL: "stopped",
    State.CANCELLING: "being cancelled",
    State.COMPLETE: "finished",
    State.RUNNING: "started",
    State.NOT_APPLICABLE: "with nothing to backfill",
}


def lines(result: Digest) -> list[Line]:
    """A line for each kind of change; one line if nothing has changed; none in the first digest."""
    news = result.news
    if news.since is None:
        return []
    since = f"since the last digest, {duration_text(result.at - news.since)} ago"
    changes = [Line.of(f"{len(names):,} {word}: {listed(names)}.") for word, names in by_word(news).items()]
    if news.windows_done:
        changes.append(Line.of(f"{words.plural(news.windows_done, 'window')} completed."))
    if not changes:
        return [Line.of(f"Nothing has changed {since}.")]
    title = f"{since[:1].upper()}{since[1:]}"
    return [Line(f"{title}:", f"*{title}*"), *changes]


def by_word(news: News) -> dict[str, list[str]]:
    """The customers whose state has changed, by the word for the state that they have now."""
    found: dict[str, list[str]] = {}
    for state in dict.fromkeys([*_WORDS, *news.turned]):
        if names := news.turned.get(state):
            found.setdefault(_WORDS.get(state, state.value), []).extend(names)
    return found
