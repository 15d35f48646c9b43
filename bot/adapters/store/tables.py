"""The tables of the store. The steps in ``migrations`` lead to the same schema; a test compares the two."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

from bot.adapters.store.columns import Body, Name, UtcDateTime, Words

WAITING = "said_revision < revision"

# Names of constraints follow a rule, so that migrations can refer to them on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

failures = Table(
    "failures",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("activity_id", Name, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("message", Words, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

observations = Table(
    "observations",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("activity_id", Name, primary_key=True),
    Column("details", Words, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False, index=True),
)

episodes = Table(
    "episodes",
    metadata,
    Column("id", Name, primary_key=True),
    Column("cluster", String, nullable=False),
    Column("workflow_id", Name, nullable=False),
    Column("run_id", Name, nullable=False),
    Column("root_key", Name, nullable=False, index=True),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Body, nullable=False),
    Index(None, "is_open", "cluster"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Each run as Temporal last reported it; ``hints`` are JSON. ``serial`` numbers the writes of a cluster: a later write
# has a higher one, since one bot writes at a time.
executions = Table(
    "executions",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("workflow_type", Name, nullable=False),
    Column("task_queue", Name, nullable=False),
    Column("status", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("hints", Text, nullable=False),
    Column("serial", Integer, nullable=False, server_default=text("0")),
    Index(None, "cluster", "serial", unique=True),
)

# How far the past of a cluster has been read; ``types`` are JSON.
readings = Table(
    "readings",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("types", Text, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("latest", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("sure_until", UtcDateTime),
    Column("rest_until", UtcDateTime),
    Column("is_whole", Boolean, nullable=False),
)

# A message waits while ``said_revision`` is behind ``revision``, and is posted once ``ts`` is set.
# ``turn`` is its place in the queue, from the moment it began to wait.
# An outdated message that was dropped counts as sent without a ``ts``; ``postponed`` holds the reason.
# ``postponed`` and ``set_aside`` (a dead letter) hold the reason, until the message is posted or has another body.
# ``created_at`` is when it began to wait: recorded, or changed after it was posted. ``attempted_at`` is the latest
# attempt of unknown outcome. ``tries`` counts the attempts that failed because of the message itself, and ``threads``
# how often the message above it was gone.
outbox = Table(
    "outbox",
    metadata,
    Column("key", Name, primary_key=True),
    Column("turn", Integer, nullable=False, index=True),
    Column("thread_key", Name, nullable=False, index=True),
    Column("broadcast", Boolean, nullable=False),
    Column("body", Body, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("said_revision", Integer, nullable=False),
    Column("channel", String),
    Column("ts", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempted_at", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("threads", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", UtcDateTime),
    Column("postponed", Words),
    Column("set_aside", Words),
    Column("set_aside_at", UtcDateTime),
    # Finds the few waiting messages without reading the many posted ones.
    Index("ix_outbox_waiting", "turn", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
)

# ``name`` and ``full_name`` are case folded, for the search. ``change`` is null for a record that is written once
# only.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", Name, nullable=False),
    Column("command", Name, nullable=False),
    Column("cluster", Name, nullable=False),
    Column("customer", Name, nullable=False),
    Column("workflow_id", Name, nullable=False),
    Column("name", Name, nullable=False, index=True),
    Column("full_name", Name, nullable=False, index=True),
    Column("outcome", String, nullable=False),
    Column("why", Words, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("reason", Words, nullable=False, server_default=text("''")),
    Column("plan_digest", String, nullable=False, server_default=text("''")),
    Column("change", String),
    Index("ix_audit_change", "change", unique=True),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("body", Body, nullable=False),
)

# The bot that leads, and until when, on the clock that all bots share.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Name, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)
