"""Where organizers edit what the public page of an offer says."""
