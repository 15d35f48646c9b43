"""Since when the bot alerts for each reason on each cluster, so that an upgrade does not alert about what is
long past."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0008."""
    op.create_table(
        "known_reasons",
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("older", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cluster", "reason", name="pk_known_reasons"),
    )
