"""Faults that the delivery of messages must survive, caused for real: `make faults`, or
`scripts/faults.py --help`.

A fault is a function of a `Site`: an installation with its own database, Valkey, mail server,
workers and beat. It does the damage, waits until everything has settled, and says what it expects;
`ledger.py` counts what has come of it. No pytest in here.
"""
