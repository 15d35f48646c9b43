"""Counts how often the message above a reply was gone, apart from the tries of the reply itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From runs with serials."""
    op.add_column("outbox", sa.Column("threads", sa.Integer(), nullable=False, server_default=sa.text("0")))
