"""Changes that would give a partner to more people."""
