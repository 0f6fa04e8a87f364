"""Privacy over the API: the file of one's own data, and requests for erasure."""
