"""FakeFiles: shared files in memory, tested against the contract of ``bot.ports.Files``."""

from dataclasses import dataclass, field

from bot.errors import DependencyError
from bot.message import Document


@dataclass
class FakeFiles:
    """``shared`` are in the team channel, ``sent`` went to a person each, ``uploaded`` are pictures. ``away`` is
    raised while it is set."""

    shared: list[Document] = field(default_factory=list)
    sent: list[tuple[str, Document]] = field(default_factory=list)
    uploaded: list[tuple[str, str, bytes]] = field(default_factory=list)
    away: DependencyError | None = None

    async def share(self, document: Document) -> None:
        self._answer()
        self.shared.append(document)

    async def send(self, user_id: str, document: Document) -> None:
        self._answer()
        self.sent.append((user_id, document))

    async def upload(self, picture: bytes, name: str, alt_text: str) -> str:
        self._answer()
        self.uploaded.append((name, alt_text, picture))
        return f"F{len(self.uploaded)}"

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
