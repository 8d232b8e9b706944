"""From the rows of a file to what they say about people, or to what is wrong with them."""
