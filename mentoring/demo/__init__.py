"""The demo company: invented people and three programs, made with the pages' domain functions."""
