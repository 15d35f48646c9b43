"""The file that tells a worker process where its clusters are; written by the world, read by the worker."""

from pydantic import BaseModel, ConfigDict


class Orders(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    temporal: str
    """host:port of the server that has a namespace for every cluster."""
    clickhouse: dict[str, str]
    """URL by cluster."""
    scenario: str
    """The text of the scenario file."""
    speed: float
