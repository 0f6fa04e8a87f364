"""Conversion: from company to co-operative, step by step, and executed in the books."""
