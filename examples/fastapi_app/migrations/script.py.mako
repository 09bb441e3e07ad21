"""${message | docstring,n}

Revision ID: ${up_revision}
Revises: ${comma(down_revision) or "<base>"}
Create Date: ${create_date}
"""

${import_block("import sqlalchemy as sa", "from async_migrate import op", imports)}

revision: str = ${up_revision | quoted,n}
down_revision: str | tuple[str, ...] | None = ${down_revision | quoted,n}
branch_labels: str | tuple[str, ...] | None = ${branch_labels | quoted,n}
depends_on: str | tuple[str, ...] | None = ${depends_on | quoted,n}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
