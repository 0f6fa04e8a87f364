"""The structure questionnaire: a few answers lead to a route, with what counsel has to look at, and its source."""
