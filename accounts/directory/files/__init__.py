"""Reading a file of any kind into a table of headings and rows."""
