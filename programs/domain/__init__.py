"""What can be done with programs and enrolments.

Every function is atomic, takes `actor` and writes its audit entry.
"""
