"""Other partners that somebody could have."""
