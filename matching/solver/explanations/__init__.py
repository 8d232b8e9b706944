"""Why two people are a pair, why others are not, and why somebody has nobody."""
