"""From the cells of a row to what they say about a person."""
