"""Calendars in and out: the feed of sessions, and reading published calendars."""
