"""Shares: classes, and the lots in which members hold them."""
