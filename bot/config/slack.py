"""The [slack] table of backfill.toml: the team's channel, who may change things, and whether guests may look."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bot.config.section import Section

ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]+$")]
Mention = Annotated[str, StringConstraints(pattern=r"^[SUW][A-Z0-9]+$")]


class SlackConfig(Section):
    """The bot's channel, who may change things, and whether guests may look."""

    channel: ChannelId = Field(description="the id of the team channel, which begins with C")
    operators: tuple[UserId, ...] = Field(
        default=(), description="ids of users who may change things, which begin with U"
    )
    operator_groups: tuple[GroupId, ...] = Field(
        default=(), description="ids of user groups whose members may, which begin with S"
    )
    allow_guests: bool = Field(default=False, description="true when guests may look")
