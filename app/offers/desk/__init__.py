"""The organizers' side of offers."""
