"""Cards: what people let be charged, each try to charge it, and what the processor says of it."""
