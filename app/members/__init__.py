"""Who: persons as registers know them, members, roles, and how they sign in."""
