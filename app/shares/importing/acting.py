"""Importing holders from a spreadsheet: checked whole, told beforehand, then written in one go or not at all."""

import hashlib

from sqlalchemy.orm import Session

from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.sheets import read_sheet
from app.shares.importing.columns import COLUMNS
from app.shares.importing.models import HolderImport
from app.shares.importing.planning import Plan, plan_import
from app.shares.importing.writing import Progress, carry_out


class NotImportable(Refusal):
    """Some lines have problems, so that nothing is imported."""

    message = N_("Nothing was imported. Problems: {count}.")


def check_holders(session: Session, data: bytes) -> Plan:
    """What importing a file (CSV or XLSX) would do; nothing is written. Raises the refusals of `read_sheet`."""
    return plan_import(session, read_sheet(data, COLUMNS))


def import_holders(
    session: Session, data: bytes, *, by: int | None, progress: Progress = lambda done, of: None
) -> tuple[Plan, HolderImport | None]:
    """Import what of a file is not imported yet; the plan that was carried out, and its row unless all was known.

    Raises `NotImportable` when any line has a problem.
    """
    one_at_a_time(session, "import of holders")
    plan = check_holders(session, data)
    if plan.problems:
        raise NotImportable(count=len(plan.problems))
    if not plan.holders:
        return plan, None
    return plan, carry_out(session, plan, hashlib.sha256(data).hexdigest(), by=by, progress=progress)
