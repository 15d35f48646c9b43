"""The Slack app as the bot's own manifest asks for it: what that does not ask for, the local Slack refuses."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from local_slack import SlackSeed
from sandbox.errors import NotReady


async def installed(seed: SlackSeed, project: Path) -> SlackSeed:
    """With the scopes and events of what ``python -m bot manifest`` prints. Raises NotReady when that fails."""
    command = (sys.executable, "-m", "bot", "manifest")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=project, stdout=pipe, stderr=pipe)
    printed, complaints = await process.communicate()
    if process.returncode:
        raise NotReady(f"python -m bot manifest failed: {complaints.decode(errors='replace').strip()[-500:]}")
    manifest = json.loads(printed)
    return replace(
        seed,
        scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
        events=tuple(manifest["settings"]["event_subscriptions"]["bot_events"]),
    )
