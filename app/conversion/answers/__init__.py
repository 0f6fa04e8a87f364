"""What only the organization knows of its conversion, asked once and used in every paper of it."""
