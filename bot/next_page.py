"""The value of the button that shows the next page of an answer."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commands import Plan, Status, Struggling, Verify


class NextPageValue(BaseModel):
    """The command that runs when somebody presses the button. Its ``page`` names the entry with which the next page
    begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Annotated[Status | Struggling | Verify | Plan, Field(discriminator="kind")]
