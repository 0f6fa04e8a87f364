"""A batch as CSV, for banks that take orders by a table of their own."""

import csv
import io

from app.core.cells import plain
from app.payments.payouts.files.orders import File

COLUMNS = (
    "end_to_end_id", "payee", "scheme", "account", "bank_code", "bic", "amount", "currency", "execute_on", "text",
)  # fmt: skip


def write(file: File) -> bytes:
    """The file as UTF-8 with a header; account numbers in full, amounts in major units with a point."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for order in file.orders:
        payee = order.payee
        account = (payee.scheme.value, payee.number, payee.bank_code, payee.bic)
        money = (str(order.amount.decimal()), order.amount.currency, file.execute_on.isoformat())
        lines.writerow([plain(cell) for cell in (order.end_to_end_id, payee.holder_name, *account, *money, order.text)])
    return written.getvalue().encode()
