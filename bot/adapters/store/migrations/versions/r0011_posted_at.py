"""An index that finds the message at an address, so that the bot knows what a command in the message's thread is
about."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0010."""
    op.create_index("ix_outbox_posted_at", "outbox", ["ts", "channel"])
