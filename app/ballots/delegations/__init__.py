"""Standing delegations: a member lets somebody vote for them on every ballot about a topic, until they take it back."""
