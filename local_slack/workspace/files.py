"""Uploaded files (https://docs.slack.dev/messaging/working-with-files)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePosixPath

from local_slack.errors import Json, SlackError
from local_slack.workspace.ids import new_id

FILES_KEPT = 200
TYPES = {".png": "image/png", ".md": "text/markdown", ".txt": "text/plain"}


@dataclass
class StoredFile:
    id: str
    name: str
    length: int
    alt_text: str
    content: bytes | None = None
    title: str = ""

    @property
    def mimetype(self) -> str:
        return TYPES.get(PurePosixPath(self.name).suffix, "application/octet-stream")

    def describe(self, base_url: str) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": self.length,
            "mimetype": self.mimetype,
            "alt_txt": self.alt_text,
            "url_private": f"{base_url}/files/{self.id}",
        }


class Files:
    """Keeps the latest uploads in memory."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, StoredFile] = OrderedDict()

    def expect(self, name: str, length: int, alt_text: str) -> StoredFile:
        stored = StoredFile(new_id("F"), name, length, alt_text)
        self._files[stored.id] = stored
        while len(self._files) > FILES_KEPT:
            self._files.popitem(last=False)
        return stored

    def get(self, file_id: str) -> StoredFile:
        stored = self._files.get(file_id)
        if stored is None:
            raise SlackError("file_not_found")
        return stored

    def delete(self, file_id: str) -> None:
        self.get(file_id)
        del self._files[file_id]
