"""Running: what people are told before, and how everything that is due is charged."""
