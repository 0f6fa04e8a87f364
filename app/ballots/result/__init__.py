"""Results: counted, certified by two tellers, objected to, and put into minutes."""
