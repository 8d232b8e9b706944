"""Import of the company's directory: read a file, plan the changes, write them."""
