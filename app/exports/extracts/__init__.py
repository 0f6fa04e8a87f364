"""Extracts: what the register says of one holder, in the columns of a law, as a document that is filed and sealed."""
