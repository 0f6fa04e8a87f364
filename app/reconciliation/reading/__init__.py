"""Reading bank statements: bytes become statements and lines with every reference, or are refused whole. Pure."""
