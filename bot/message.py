"""``Message``, ``View`` and ``HomeTab``: a Slack message, a modal and one person's App Home, ready to send.

``bot.blocks`` draws them. The Slack adapter and the listeners send them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.model.picture import Chart


class DrawingError(Exception):
    """The blocks break a limit of Slack. This is a bug of the bot: neither a retry nor a person can mend it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text file. ``name`` is its file name, and ``title`` what people read above it. For the report of a day,
    ``day`` is that day, and ``campaign`` is the report's campaign; "" while only one campaign is known."""

    name: str
    title: str
    text: str
    day: date | None = None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as data. ``name`` is the name of its file without the extension, and ``alt_text`` repeats its
    figures."""

    chart: Chart
    name: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class Message:
    """``text`` carries the whole meaning, for notifications and screen readers; ``blocks`` draw the same. Slack shows
    ``document`` as a file of its own. ``picture`` is added once it is drawn. ``follow_up`` is a further message to
    all who see this one, and ``for_asker`` one to the asker alone."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    document: Document | None = None
    picture: Picture | None = None
    follow_up: "Message | None" = None
    for_asker: "Message | None" = None


@dataclass(frozen=True, slots=True)
class View:
    """A modal; with ``submit`` "" it has no submit button.

    ``purpose`` becomes the callback id, and ``memory`` the private metadata, which Slack returns unchanged with the
    submission (at most 3,000 characters, docs/slack-facts.md#limits).
    """

    title: str
    blocks: tuple[Mapping[str, Any], ...]
    submit: str = ""
    close: str = "Close"
    purpose: str = ""
    memory: str = ""


@dataclass(frozen=True, slots=True)
class HomeTab:
    """The Home tab of the app, as one person sees it."""

    blocks: tuple[Mapping[str, Any], ...]
