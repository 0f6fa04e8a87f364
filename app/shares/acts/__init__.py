"""Acts on shares: each with its refusals, a second person where control or money moves, and a way back."""
