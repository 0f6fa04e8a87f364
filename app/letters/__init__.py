"""Letters: what is sent to people by e-mail, written with its reason and sent by the worker."""
