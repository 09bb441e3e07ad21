"""add tags

Revision ID: 8b3e5f90c1d2
Revises: 2f6c0d1b7a94
Create Date: 2026-11-20 19:34:30.472401
"""

import sqlalchemy as sa
from async_migrate import op

revision: str = "8b3e5f90c1d2"
down_revision: str | tuple[str, ...] | None = "2f6c0d1b7a94"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], ondelete="CASCADE"),
    )

    with op.batch_alter_table("tags") as batch_op:
        batch_op.create_index(batch_op.f("ix_tags_note_id"), ["note_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("tags") as batch_op:
        batch_op.drop_index(batch_op.f("ix_tags_note_id"))

    # Destroys all rows of table tags.
    op.drop_table("tags")
