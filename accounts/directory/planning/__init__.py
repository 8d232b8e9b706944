"""What an import would change: rows against the people here. Nothing is written."""
