"""Counts how often the root of a reply's thread was gone. Failed attempts at the reply itself are counted
separately."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0006."""
    op.add_column("outbox", sa.Column("threads", sa.Integer(), nullable=False, server_default=sa.text("0")))
