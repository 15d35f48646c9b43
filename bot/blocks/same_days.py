"""The sentence about runs that had the same customer and days at the same time, for ``check`` and ``init``."""

from bot.fleet.diagnostics.same_days import SameDays


def same_days(fact: SameDays) -> str:
    """Says how many runs shared customer, days and time with another run, and names two as an example. Then says that
    the bot takes the days for complete as soon as one of these runs is complete, and how a count can prove the days.
    """
    first, second = fact.workflow_ids
    return (
        f"{fact.number} runs had the customer and days of another one at the same time, such as {first} and"
        f" {second} ({fact.customer}, {fact.window}). The bot takes days for complete as soon as one such run is."
        " If each does a part, such as a table, name every table in [[verify.tables]] with what is expected of it:"
        " then a count proves the days"
    )
