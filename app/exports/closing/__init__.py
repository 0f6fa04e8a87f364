"""The report of a close: as PDF with what remains, and as a workbook with every item."""
