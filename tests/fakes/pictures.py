"""FakePictures: remembers what was to be drawn."""

from dataclasses import dataclass, field

from bot.errors import DependencyError
from bot.model import Chart


@dataclass
class FakePictures:
    """``drawn`` in order; ``away`` is raised while it is set."""

    drawn: list[Chart] = field(default_factory=list)
    away: DependencyError | None = None

    async def draw(self, picture: Chart) -> bytes:
        if self.away is not None:
            raise self.away
        self.drawn.append(picture)
        return b"\x89PNG\r\n"
