"""Files with which a bank is told to pay: one batch of orders, written as the bank takes it."""
