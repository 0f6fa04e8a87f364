"""The books: one journal that holds money and shares alike, append-only and proved."""
