"""A process that records entry after entry until it is killed; the test that starts it looks at what is left.

Run as ``python -m tests.adapters.store.scribbler URL``; writes a line for each entry that is recorded.
"""

import asyncio
import sys
from itertools import count

from bot.adapters.store import open_store
from bot.model import JournalEntry
from tests.adapters.store.given import HILTON, NOW, episode, message, seen


async def scribble(url: str) -> None:
    """Each entry is an episode, its messages and a failure, all of one number."""
    async with open_store(url) as store:
        for number in count(1):
            messages = (message(f"root {number}"), message(f"reply {number}", thread=f"root {number}"))
            entry = JournalEntry(
                episodes=(episode(f"e{number}"),), failures=(seen(number, HILTON),), messages=messages
            )
            await store.journal.record(entry, NOW)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(scribble(sys.argv[1]))
