"""Which records a session has seen."""

from __future__ import annotations


class Numbers:
    """A set of small integers, one bit each: what a crawl of millions has seen fits in a few hundred kB."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, number: int) -> bool:
        """Put it in; whether it was not there."""
        index, bit = number >> 3, 1 << (number & 7)
        if index >= len(self._bytes):
            self._bytes.extend(bytes(index - len(self._bytes) + 1024))
        is_new = not self._bytes[index] & bit
        self._bytes[index] |= bit
        return is_new

    def __contains__(self, number: int) -> bool:
        index = number >> 3
        return index < len(self._bytes) and bool(self._bytes[index] & 1 << (number & 7))
