"""Scores of all pairs, from what people say about themselves."""
