"""Items that remember which paths were read, inside elements and related resources too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pillarwatch import Attributes, ConfigurationItem
from pillarwatch.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

Read = set[tuple[str, str]]  # resource type and path

READ: Read = set()


class _Reading(Attributes):
    __slots__ = ()

    def _remember(self, path: str) -> None:
        READ.add((self._item.resource_type, self._path + path))

    def _find(self, path: str) -> Any:
        self._remember(path)
        return super()._find(path)

    def _across(self, path: str) -> Any:
        self._remember(path)
        return super()._across(path)

    def objects(self, path: str) -> Sequence[Attributes]:
        found: Any = super().objects(path)
        if isinstance(found, Unknown):
            return found  # type: ignore[return-value]
        return [_Element(each._document, each._item, each._path) for each in found]


class _Element(_Reading):
    __slots__ = ()


class ReadingItem(_Reading, ConfigurationItem):
    """An item that adds to READ what is read of it."""

    __slots__ = ()
