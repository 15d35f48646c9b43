"""The number of times that the root of a reply's thread was gone, apart from the failed attempts of the reply
itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0006."""
    op.add_column("outbox", sa.Column("threads", sa.Integer(), nullable=False, server_default=sa.text("0")))
