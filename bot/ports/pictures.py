"""Pictures: charts drawn from plain data."""

from typing import Protocol

from bot.model import Chart


class Pictures(Protocol):
    """Draws pictures, outside the bot's own process."""

    async def draw(self, picture: Chart) -> bytes:
        """The picture as PNG."""
        ...
