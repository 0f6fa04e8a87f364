"""Dissent and exit: whoever objected is offered a price, accepts it in the time of the law, and is paid."""
