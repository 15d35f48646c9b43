"""Pictures: charts drawn from plain data."""

from typing import Protocol

from bot.model import Calendar


class Pictures(Protocol):
    """Draws pictures, outside the bot's own process."""

    async def draw(self, picture: Calendar) -> bytes:
        """The picture as PNG."""
        ...
