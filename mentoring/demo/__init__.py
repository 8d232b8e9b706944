"""The demo company: invented people and three programs, told through the same domain functions that
the pages call.
"""
