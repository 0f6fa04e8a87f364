"""Where money for a person is sent: their bank details, sealed."""
