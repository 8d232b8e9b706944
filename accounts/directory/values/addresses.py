"""The address in a cell: "Ines Roth <ines@x.example>", "SMTP:ines@x.example", "mailto:…"."""

from __future__ import annotations

import re

from accounts.directory.columns.headings import COLUMNS

IN_BRACKETS = re.compile(
    r"[<(\[]\s*(?:mailto:)?([^<>()\[\]\s]+@[^<>()\[\]\s]+)\s*[>)\]]\s*$", re.IGNORECASE
)
CLOSING = (">", ")", "]")
PREFIX = re.compile(r"^(?:mailto|smtp)\s*:\s*", re.IGNORECASE)
PROXY = re.compile(r"(?:^|[\s;,|])(smtp):([^\s;,|]+)", re.IGNORECASE)
PRIVATE_DOMAINS = frozenset(COLUMNS["private_domains"])


def address_in(text: str) -> str:
    """The address in lower case; the whole text where it holds no address that can be told."""
    if text.rstrip().endswith(CLOSING):
        named = IN_BRACKETS.search(text)
        if named:
            return named[1].lower()
    if ":" in text:
        text = PREFIX.sub("", primary_proxy(text) or text)
    return text.lower()


def primary_proxy(text: str) -> str:
    """Of several "smtp:" addresses of a mailbox the one in capitals, or ""."""
    proxies: list[tuple[str, str]] = PROXY.findall(text)
    primary = [address for prefix, address in proxies if prefix.isupper()]
    if len(primary) == 1:
        return primary[0]
    return proxies[0][1] if len(proxies) == 1 else ""


def is_private(address: str) -> bool:
    """Whether an address is one of those that people have for themselves: "…@gmail.com"."""
    domain = address_in(address).rpartition("@")[2]
    return domain in PRIVATE_DOMAINS or domain.partition(".")[0] in PRIVATE_DOMAINS
