"""Privacy: what people agreed to, everything that is kept of them as a file of theirs, and erasure."""
