"""The command ``notify``, by which people ask for a direct message: its class, and the function that reads it from
words."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from bot.commands.names import optional_name, required_name
from bot.commands.request import Reach, Request
from bot.commands.words import Quoted

_OFF = "off"


class Notify(Request):
    """Sends you one direct message when a customer is complete or needs a person."""

    reach = Reach.ALL
    forms = ("notify <customer>", "notify off [customer]")
    examples = (
        "notify hilton",
        "notify voice-prod/hilton",
        "notify hilton in march",
        "notify off",
        "notify off hilton",
    )

    kind: Literal["notify"] = "notify"
    target: str = ""
    """The customer. "" with ``is_off`` calls off every message that the person has asked for."""
    is_off: bool = False


def read_notify(words: Sequence[str], _today: date) -> Notify:
    if words and words[0].lower() == _OFF and not isinstance(words[0], Quoted):
        return Notify(target=optional_name(Notify, words[1:]), is_off=True)
    return Notify(target=required_name(Notify, words, "a customer", words))
