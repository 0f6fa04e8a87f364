"""Documents at the desk: who may read which kinds, and every reading is noted."""
