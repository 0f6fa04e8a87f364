"""The filing pack of a conversion: every paper, proof and register in one ZIP, and what is still missing."""
