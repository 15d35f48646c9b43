"""Protocols for everything outside the process. Adapters implement them, and so do the fakes in the tests; both pass
the same tests.

Every coroutine here may raise ``Unavailable`` (no answer within the port's own time limit), ``RateLimited`` or
``Refused`` (bot.errors); the docstring of a method says what else it raises.
"""

from bot.ports.chat import Channel, Files, Modals, People
from bot.ports.pictures import Pictures
from bot.ports.queue import WindowQueue
from bot.ports.replicas import Deliveries, Leases
from bot.ports.store import Dialogs, Journal, Outbox, RunHistory
from bot.ports.subscriptions import Subscriptions
from bot.ports.temporal import Control, Engine
from bot.ports.warehouse import Warehouse
from bot.ports.webhooks import Webhooks

__all__ = [
    "Channel",
    "Control",
    "Deliveries",
    "Dialogs",
    "Engine",
    "Files",
    "Journal",
    "Leases",
    "Modals",
    "Outbox",
    "People",
    "Pictures",
    "RunHistory",
    "Subscriptions",
    "Warehouse",
    "Webhooks",
    "WindowQueue",
]
