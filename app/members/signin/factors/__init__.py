"""Second factors: passkeys, an authenticator app, recovery codes."""
