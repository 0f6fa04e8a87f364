"""After the conversion: the co-operative's year, its duties by the law of its form, each ticked by evidence."""
