"""Namespace: what tells one place where workflows run from another, whatever address leads there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace by its own id, and the server by its own: names and addresses are several for one.

    ``server`` is "" where the namespace's id says it all: where it is replicated, so that several servers show the
    same runs, and where the server does not tell.
    """

    server: str
    id: str

    def is_same_as(self, other: "Namespace") -> bool:
        """Whether both show the same runs. Ids are random, so an unknown server makes them no less the same."""
        return self.id == other.id and (self.server == other.server or not self.server or not other.server)
