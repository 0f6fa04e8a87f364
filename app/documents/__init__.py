"""Documents: frozen facts, rendered to PDF, filed by number and hash, read only by whom they concern."""
