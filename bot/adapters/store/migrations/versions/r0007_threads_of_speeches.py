"""How often the message above a speech was gone: counted apart from the tries of the speech itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the ledger."""
    op.add_column("outbox", sa.Column("threads", sa.Integer(), nullable=False, server_default=sa.text("0")))
