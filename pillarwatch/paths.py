"""Dotted paths into a configuration item, split once per process."""

from __future__ import annotations

from sys import intern


class Keys(dict[str, tuple[str, ...]]):
    """The keys of every path, split once per process."""

    def __missing__(self, path: str) -> tuple[str, ...]:
        keys = self[path] = tuple(map(intern, path.split(".")))  # a key that several paths have is one text
        return keys


KEYS = Keys()


def keys_of(path: str) -> tuple[str, ...]:
    """The keys of a dotted path."""
    return KEYS[path]
