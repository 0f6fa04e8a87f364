"""The desk of shares: acts with their forms, the queue, classes, charges, loans."""
