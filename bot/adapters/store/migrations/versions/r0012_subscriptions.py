"""The subscriptions: who is to get one message when a customer, a cluster or a campaign is complete."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0011."""
    op.create_table(
        "subscriptions",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("campaign", "cluster", "customer", "user_id", name="pk_subscriptions"),
    )
