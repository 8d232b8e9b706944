"""What can be done with people, their grades, their reporting lines and their addresses."""
