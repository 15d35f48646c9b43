"""FakeFiles: shared files in memory, tested against the contract of ``bot.ports.Files``."""

from dataclasses import dataclass, field

from bot.errors import DependencyError
from bot.message import Document
from bot.model import Address


@dataclass
class FakeFiles:
    """``shared`` are in the team channel, in these ``threads`` or in none; ``sent`` went to a person each.
    ``uploaded`` are pictures by id: name, alternative text and content. ``away`` is raised while it is set."""

    shared: list[Document] = field(default_factory=list)
    threads: list[Address | None] = field(default_factory=list)
    sent: list[tuple[str, Document]] = field(default_factory=list)
    uploaded: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    away: DependencyError | None = None

    async def share(self, document: Document, thread: Address | None = None) -> None:
        self._answer()
        self.shared.append(document)
        self.threads.append(thread)

    async def send(self, user_id: str, document: Document) -> None:
        self._answer()
        self.sent.append((user_id, document))

    async def upload(self, picture: bytes, name: str, alt_text: str) -> str:
        self._answer()
        file_id = f"F{len(self.uploaded) + 1}"
        self.uploaded[file_id] = (name, alt_text, picture)
        return file_id

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
