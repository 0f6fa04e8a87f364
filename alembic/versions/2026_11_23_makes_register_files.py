"""Makes register files: what was asked for, and how far each file is."""

import sqlalchemy as sa
from alembic import op

revision: str = "makes_register_files"
down_revision: str | None = "sends_evidence"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "register_export",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("public_id", STRING, nullable=False),
        sa.Column("register", STRING, nullable=False),
        sa.Column("profile", STRING, nullable=False),
        sa.Column("form", STRING, nullable=False),
        sa.Column("language", STRING, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("lines_done", WHOLE, nullable=False),
        sa.Column("lines_total", WHOLE, nullable=False),
        sa.Column("refusal", STRING, nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("size_bytes", WHOLE, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_register_export_public_id")),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
