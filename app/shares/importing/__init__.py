"""Importing holders: members and lots that existed before the books were opened here, from a spreadsheet."""
