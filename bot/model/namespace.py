"""The identity of a Temporal namespace, which does not depend on the address that it is reached by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Namespace:
    """The ids of a namespace and its server. Names and addresses do not identify a namespace, because it may have
    several.

    ``server`` is "" when the server does not tell its id, and when the namespace is replicated, so that several
    servers show the same runs.
    """

    server: str
    id: str

    def is_same_as(self, other: "Namespace") -> bool:
        """Whether both show the same runs: their ids are equal, and so are their servers. If one of the servers is
        unknown, only the ids are compared, because namespace ids are random."""
        return self.id == other.id and (self.server == other.server or not self.server or not other.server)
