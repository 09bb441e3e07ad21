"""create notes

Revision ID: 2f6c0d1b7a94
Revises: <base>
Create Date: 2026-11-20 19:34:28.984930
"""

import sqlalchemy as sa
from async_migrate import op

revision: str = "2f6c0d1b7a94"
down_revision: str | tuple[str, ...] | None = None
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("CURRENT_TIMESTAMP"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    # Destroys all rows of table notes.
    op.drop_table("notes")
