"""The public page of an offer over the API: words, updates, questions, documents."""
