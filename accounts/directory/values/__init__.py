"""What the text of a single cell means: an id, an address, a name, a date, a place, a state."""
