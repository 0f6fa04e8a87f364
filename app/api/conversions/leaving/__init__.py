"""Those who leave, how the exchange stands, and the duties after, over the API."""
