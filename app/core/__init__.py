"""Floor 0: settings, database, clock, money, refusals, audit, jobs, vault, language, templates."""
