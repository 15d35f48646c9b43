"""What the use-cases need from the outside, in the bot's words. Adapters implement these; fakes pass the same tests.

Every coroutine here may raise ``Unavailable`` (no answer within the port's own time limit), ``RateLimited`` or
``Refused`` (bot.errors); what else a method raises is in its docstring.
"""

from bot.ports.chat import Channel, Modals, People
from bot.ports.store import Deliveries, Journal, Lease, Outbox, RunHistory
from bot.ports.temporal import Control, Engine
from bot.ports.warehouse import Warehouse

__all__ = [
    "Channel",
    "Control",
    "Deliveries",
    "Engine",
    "Journal",
    "Lease",
    "Modals",
    "Outbox",
    "People",
    "RunHistory",
    "Warehouse",
]
