"""Floor 1: pages, forms and what every answer over HTTP has in common."""
