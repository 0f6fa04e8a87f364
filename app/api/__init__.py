"""The API for programs: the same acts as the pages, under /api/v1, with tokens in place of sessions."""
