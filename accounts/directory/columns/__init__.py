"""Which column of a file is what: by its heading and by what its cells hold."""
