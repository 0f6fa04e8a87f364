"""The plan of a conversion: steps as the law's profile orders them, met by evidence, their clocks counted."""
