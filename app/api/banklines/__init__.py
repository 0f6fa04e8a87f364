"""One line of the bank over the API: how it can be read, and what is done with it."""
