"""The Slack of a world: its people, and the app with the scopes and events of the bot's own manifest."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from local_slack import SlackSeed
from local_slack.workspace.people import Shortcut, User, UserGroup
from sandbox.errors import NotReady

OLIVIA = User("U00OLIVIA0", "olivia", "Olivia (operator)")
NOOR = User("U0000NOOR0", "noor", "Noor (operator)")
VICTOR = User("U00VICTOR0", "victor", "Victor (viewer)")
GUS = User("U00000GUS0", "gus", "Gus (guest)", is_guest=True)

PEOPLE = SlackSeed(
    users=(OLIVIA, NOOR, VICTOR, GUS),
    user_groups=(UserGroup("S0DATAONCL", "data-oncall", (OLIVIA.id, NOOR.id)),),
)


async def with_manifest(seed: SlackSeed, project: Path) -> SlackSeed:
    """Returns the seed with the scopes, events, shortcuts and domains that ``python -m bot manifest`` prints.

    Raises NotReady when that fails.
    """
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
        unfurl_domains=tuple(manifest["features"].get("unfurl_domains", ())),
        shortcuts=tuple(Shortcut(each["callback_id"], each["name"]) for each in manifest["features"]["shortcuts"]),
    )
