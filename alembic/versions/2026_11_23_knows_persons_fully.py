"""Knows persons fully: kinds of holders, contacts, representatives, estates, admission, expulsion and merges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.members.people.likeness import Traits, keys_of

revision: str = "knows_persons_fully"
down_revision: str | None = "asks_two_people"
branch_labels: str | None = None
depends_on: str | None = None

APPEND_ONLY = (
    "contact",
    "representation",
    "representation_end",
    "estate",
    "heir",
    "person_merge",
    "person_unmerge",
    "membership_application",
    "application_decision",
    "identity_check",
    "expulsion",
)


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_contact_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(
        op.f("ix_contact_person_id_kind_valid_from"), "contact", ["person_id", "kind", "valid_from"], unique=False
    )
    op.create_table(
        "estate",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("died_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_estate_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_estate_recorded_by")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_estate")),
    )
    op.create_table(
        "identity_check",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_identity_check_approved_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_check_person_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name=op.f("fk_identity_check_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
    )
    op.create_index(op.f("ix_identity_check_person_id"), "identity_check", ["person_id"], unique=False)
    op.create_table(
        "membership_application",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_application_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_membership_application_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_application")),
    )
    op.create_index(op.f("ix_membership_application_person_id"), "membership_application", ["person_id"], unique=False)
    op.create_table(
        "person_key",
        sa.Column("key", sa.String(collation="C"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_key_person_id")),
        sa.PrimaryKeyConstraint("key", "person_id", name=op.f("pk_person_key")),
    )
    op.create_table(
        "person_merge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("absorbed_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("survivor_id <> absorbed_id", name=op.f("ck_person_merge_two_records")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["person.id"], name=op.f("fk_person_merge_absorbed_id")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_person_merge_approved_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_person_merge_proposed_by")),
        sa.ForeignKeyConstraint(["survivor_id"], ["person.id"], name=op.f("fk_person_merge_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(op.f("ix_person_merge_absorbed_id"), "person_merge", ["absorbed_id"], unique=False)
    op.create_index(op.f("ix_person_merge_survivor_id"), "person_merge", ["survivor_id"], unique=False)
    op.create_table(
        "person_private",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("born_on", sa.LargeBinary(), nullable=True),
        sa.Column("tax_number", sa.LargeBinary(), nullable=True),
        sa.Column("born_index", postgresql.BYTEA(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_private_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_person_private_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_private")),
    )
    op.create_index(op.f("ix_person_private_person_id"), "person_private", ["person_id"], unique=False)
    op.create_table(
        "representation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("person_id <> holder_id", name=op.f("ck_representation_not_for_oneself")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_representation_some_time")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_representation_holder_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_representation_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_representation_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
    )
    op.create_index(op.f("ix_representation_holder_id"), "representation", ["holder_id"], unique=False)
    op.create_index(op.f("ix_representation_person_id"), "representation", ["person_id"], unique=False)
    op.create_table(
        "application_decision",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["membership_application.id"], name=op.f("fk_application_decision_application_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_application_decision_decided_by")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_application_decision_membership_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application_decision")),
    )
    op.create_table(
        "expulsion",
        sa.Column("membership_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_expulsion_approved_by")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_expulsion_membership_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_expulsion_proposed_by")),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_expulsion")),
    )
    op.create_table(
        "heir",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("estate_id", sa.BigInteger(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("portion", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("heir_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.person_id"], name=op.f("fk_heir_estate_id")),
        sa.ForeignKeyConstraint(["heir_id"], ["person.id"], name=op.f("fk_heir_heir_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_heir_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heir")),
    )
    op.create_index(op.f("ix_heir_estate_id"), "heir", ["estate_id"], unique=False)
    op.create_table(
        "person_unmerge",
        sa.Column("merge_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_person_unmerge_approved_by")),
        sa.ForeignKeyConstraint(["merge_id"], ["person_merge.id"], name=op.f("fk_person_unmerge_merge_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_person_unmerge_proposed_by")),
        sa.PrimaryKeyConstraint("merge_id", name=op.f("pk_person_unmerge")),
    )
    op.create_table(
        "representation_end",
        sa.Column("representation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_representation_end_recorded_by")),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name=op.f("fk_representation_end_representation_id")
        ),
        sa.PrimaryKeyConstraint("representation_id", name=op.f("pk_representation_end")),
    )
    op.add_column("membership_end", sa.Column("recorded_by", sa.BigInteger(), nullable=True))
    op.add_column("membership_end", sa.Column("reason", sa.String(), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_membership_end_recorded_by"), "membership_end", "person", ["recorded_by"], ["id"])
    op.add_column("particulars", sa.Column("holder_kind", sa.String(), server_default="person", nullable=False))
    op.add_column("particulars", sa.Column("registration_number", sa.String(), server_default="", nullable=False))
    op.add_column("particulars", sa.Column("reason", sa.String(), server_default="", nullable=False))
    for table in APPEND_ONLY:
        for statement in guard_sql(table):
            op.execute(statement)
    _keep_keys()


def _keep_keys() -> None:
    """Make those who are known already findable as everybody is from now on."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT p.id, p.email, coalesce(legal_name, ''), coalesce(array_to_string(street_lines, ' '), ''), "
            "coalesce(postal_code, ''), coalesce(country, '') "
            "FROM person p LEFT JOIN particulars ON person_id = p.id"
        )
    )
    keys = {
        (key, person_id)
        for person_id, email, name, street, code, country in rows
        for key in keys_of(Traits(name, street, code, country, email))
    }
    if keys:
        table = sa.table("person_key", sa.column("key", sa.String()), sa.column("person_id", sa.BigInteger()))
        op.bulk_insert(table, [{"key": key, "person_id": person_id} for key, person_id in sorted(keys)])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
