"""Pairs and their agreement."""

from pairings.models.pairing import AgreementVersion, Pairing, Signature

__all__ = ["AgreementVersion", "Pairing", "Signature"]
