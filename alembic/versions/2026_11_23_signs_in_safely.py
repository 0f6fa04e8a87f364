"""Signs in safely: passkeys, second factors, recovery codes, sessions with their devices, outside accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql

revision: str = "signs_in_safely"
down_revision: str | None = "knows_persons_fully"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _widen()
    _create_factors()
    _create_accounts()
    for statement in guard_sql("platform_proof"):
        op.execute(statement)


def _widen() -> None:
    """Links know the browser that asked, sessions their device; what was there before has neither."""
    op.add_column("sign_in_link", sa.Column("browser_sha256", postgresql.BYTEA(), nullable=True))
    op.add_column("sign_in_link", sa.Column("code_mac", postgresql.BYTEA(), nullable=True))
    op.add_column("signed_in", sa.Column("second_factor_at", _moment(), nullable=True))
    op.add_column("signed_in", sa.Column("used_on", sa.Date(), nullable=True))
    new = [("sign_in_link", "code_tries", sa.BigInteger(), "0"), ("signed_in", "how", sa.String(), "link")]
    new += [("signed_in", name, sa.String(), "") for name in ("browser", "system")]
    for table, name, kind, value in new:
        op.add_column(table, sa.Column(name, kind, server_default=value, nullable=False))
        op.alter_column(table, name, server_default=None)


def _create_factors() -> None:
    op.create_table(
        "known_device",
        _id(),
        _person(),
        sa.Column("cookie_sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_known_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("person_id", "cookie_sha256", name=op.f("uq_known_device_person_id_cookie_sha256")),
    )
    op.create_table(
        "passkey",
        _id(),
        _person(),
        sa.Column("user_handle", postgresql.BYTEA(), nullable=False),
        sa.Column("credential_id", postgresql.BYTEA(), nullable=False),
        sa.Column("public_key", postgresql.BYTEA(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", _moment(), nullable=False),
        sa.Column("used_at", _moment(), nullable=True),
        sa.Column("removed_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"])
    op.create_table(
        "authenticator",
        _id(),
        _person(),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", _moment(), nullable=False),
        sa.Column("used_at", _moment(), nullable=True),
        sa.Column("removed_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authenticator_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
    )
    present = sa.text("removed_at IS NULL")
    op.create_index("uq_authenticator_present", "authenticator", ["person_id"], unique=True, postgresql_where=present)
    op.create_table(
        "recovery_code",
        _id(),
        _person(),
        sa.Column("code_sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("used_at", _moment(), nullable=True),
        sa.Column("replaced_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"])
    op.create_table(
        "code_tries",
        _person(),
        sa.Column("began_at", _moment(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_code_tries_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_code_tries")),
    )
    op.create_table(
        "spent",
        sa.Column("token_sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_spent")),
    )
    op.create_index(op.f("ix_spent_expires_at"), "spent", ["expires_at"])


def _create_accounts() -> None:
    op.create_table(
        "outside_account",
        _id(),
        _person(),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("connected_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outside_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_outside_account_issuer_subject")),
    )
    op.create_index(op.f("ix_outside_account_person_id"), "outside_account", ["person_id"])
    op.create_table(
        "platform_proof",
        _id(),
        _person(),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_platform_proof_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_proof")),
        sa.UniqueConstraint("subject", name=op.f("uq_platform_proof_subject")),
    )
    op.create_index(op.f("ix_platform_proof_person_id"), "platform_proof", ["person_id"])
    op.create_table(
        "platform_list",
        _id(),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("imported_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_list")),
    )
    op.create_table(
        "platform_email",
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("email_sha256", postgresql.BYTEA(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["platform_list.id"], name=op.f("fk_platform_email_list_id")),
        sa.PrimaryKeyConstraint("list_id", "email_sha256", name=op.f("pk_platform_email")),
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), nullable=False)


def _person() -> sa.Column[int]:
    return sa.Column("person_id", sa.BigInteger(), nullable=False)


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
