"""How Slack's deliveries reach the bot of a world: by Socket Mode, or by requests to a port."""

import math
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from local_slack import LocalSlack
from sandbox.errors import NotReady
from sandbox.relay import HOST

REQUEST_PATH = "/slack/events"
CONNECTS_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class BotTransport:
    """How deliveries reach the bot: by requests to `port`, or by Socket Mode if it is None."""

    port: int | None

    @classmethod
    def by_requests(cls) -> "BotTransport":
        """Deliveries by requests to a port that is free now. Every bot of this world uses the same port."""
        with socket.socket() as held:
            held.bind((HOST, 0))
            return cls(int(held.getsockname()[1]))

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "bot", "--env-file", os.devnull, *([] if self.port is None else ["--http"])]

    def variables(self, slack: LocalSlack) -> Mapping[str, str]:
        """The environment variables that the bot needs for this transport."""
        if self.port is None:
            return {"SLACK_APP_TOKEN": slack.app_token}
        return {"SLACK_SIGNING_SECRET": slack.signing_secret, "LISTEN_HOST": HOST, "PORT": str(self.port)}

    async def wait_until_connected(self, slack: LocalSlack) -> None:
        """Waits until a bot receives deliveries. Raises NotReady after CONNECTS_WITHIN_SECONDS."""
        try:
            if self.port is None:
                await slack.wait_connected(CONNECTS_WITHIN_SECONDS)
            else:
                await slack.deliver_to(self._url, CONNECTS_WITHIN_SECONDS)
        except TimeoutError as error:
            raise NotReady(f"the bot did not connect within {CONNECTS_WITHIN_SECONDS} s") from error

    async def connect_when_ready(self, slack: LocalSlack) -> None:
        """Connects a bot that somebody else starts: waits, without a limit, until the bot answers requests at its
        URL. From then on deliveries go to that URL. In Socket Mode this returns at once."""
        if self.port is not None:
            await slack.deliver_to(self._url, math.inf)

    @property
    def _url(self) -> str:
        return f"http://{HOST}:{self.port}{REQUEST_PATH}"
