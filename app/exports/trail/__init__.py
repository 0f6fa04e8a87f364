"""The audit trail as it is read: by members as far as it concerns them, by auditors whole and as a file."""
