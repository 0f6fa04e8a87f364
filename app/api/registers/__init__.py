"""Register files that take a while, and members' accounts, over the API."""
