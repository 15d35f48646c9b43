"""`python -m local_slack`: a Slack on this machine until Ctrl-C (docs/local-slack.md)."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from local_slack.errors import WorkspaceFileError
from local_slack.options import Options, read_options
from local_slack.server import LocalSlack, Setting
from local_slack.workspace.people import SlackSeed
from local_slack.workspace_file import read_workspace

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    try:
        seed = _seed(options)
        asyncio.run(_serve(options, seed))
    except (WorkspaceFileError, OSError) as error:
        _note(str(error))
        return 1
    return 0


def _seed(options: Options) -> SlackSeed:
    seed = SlackSeed() if options.workspace is None else read_workspace(options.workspace)
    return seed if options.command is None else replace(seed, command=options.command)


async def _serve(options: Options, seed: SlackSeed) -> None:
    stopped = asyncio.Event()
    for number in STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with LocalSlack(port=options.port, setting=Setting(seed=seed)) as slack:
        print(_environment(slack, seed, options), flush=True)  # noqa: T201 - stdout is for the environment
        _note(f"open {slack.url} in a browser; Ctrl-C ends it")
        delivering = asyncio.create_task(_deliver(slack, options))
        try:
            await stopped.wait()
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)


async def _deliver(slack: LocalSlack, options: Options) -> None:
    """Switches deliveries from Socket Mode to the request URL, if the options have one. First waits, without a limit,
    until an app answers the challenge at that URL."""
    if options.request_url is not None:
        await slack.deliver_to(options.request_url, math.inf)
        _note(f"{options.request_url} has answered the challenge and receives deliveries")


def _environment(slack: LocalSlack, seed: SlackSeed, options: Options) -> str:
    """What an app needs, one NAME=VALUE a line. The app token is there only in Socket Mode."""
    variables = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": seed.bot_token}
    if options.request_url is None:
        variables["SLACK_APP_TOKEN"] = seed.app_token
    variables["SLACK_SIGNING_SECRET"] = seed.signing_secret
    return "\n".join(f"{name}={value}" for name, value in variables.items())


def _note(text: str) -> None:
    for line in text.splitlines():
        print(f"local_slack: {line}", file=sys.stderr, flush=True)  # noqa: T201 - for the person at the terminal


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
