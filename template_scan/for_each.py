"""``Fn::ForEach``: written out, where the template says over what it loops.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from typing import Any

from template_scan.intrinsics import Resolution
from template_scan.reading import NODE, Budget, Template, TooLarge

LOOP = "Fn::ForEach::"
MOST_ROUNDS = 5_000  # a stack has at most 500 resources


def without_loops(template: Template) -> Template:
    """The template with its loops written out. What a loop makes has the loop's line.

    A loop over something unknown stays as it is: its resources are reported as unjudged, its properties as unknown.

    Raises:
        TooLarge: the loops make more than any stack can have.
    """
    loops = _Loops(template)
    resources: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, body in template.document["Resources"].items():
        written = loops.written({key: body})
        resources |= written
        lines |= dict.fromkeys(written, template.lines.get(key, 1))
    document = {key: loops.written(part) for key, part in template.document.items() if key != "Resources"}
    return template._replace(document={**document, "Resources": resources}, lines=lines)


class _Loops:
    def __init__(self, template: Template) -> None:
        self._file = template.file
        self._budget = Budget(template.file)
        self._resolution = Resolution(template.document, budget=self._budget)
        self._rounds = 0

    def written(self, part: Any) -> Any:
        """A part of the template with its loops written out."""
        if isinstance(part, list):
            return [self.written(element) for element in part]
        if not isinstance(part, dict):
            return part
        result: dict[str, Any] = {}
        for key, value in part.items():
            if key.startswith(LOOP):
                result |= self._loop(key, value)
            else:
                result[key] = self.written(value)
        return result

    def _loop(self, key: str, arguments: Any) -> dict[str, Any]:
        match arguments:
            case [str() as name, collection, dict() as body]:
                rounds = self._resolution.value(collection)
            case _:
                return {key: arguments}
        if not isinstance(rounds, list) or not all(isinstance(element, str | int) for element in rounds):
            return {key: arguments}
        result: dict[str, Any] = {}
        for element in map(str, rounds):
            self._rounds += 1
            if self._rounds > MOST_ROUNDS:
                raise TooLarge(self._file, f"loops more than {MOST_ROUNDS} times")
            result |= self.written(self._replaced(body, name, element))
        return result

    def _replaced(self, part: Any, name: str, element: str) -> Any:
        """The body for one element; ``&{name}`` keeps only what may stand in a logical id."""
        self._budget.spend(NODE)
        if isinstance(part, str):
            text = part.replace(f"${{{name}}}", element)
            text = text.replace(f"&{{{name}}}", re.sub("[^A-Za-z0-9]", "", element))
            self._budget.spend(len(text))
            return text
        if isinstance(part, list):
            return [self._replaced(inner, name, element) for inner in part]
        if not isinstance(part, dict):
            return part
        if part == {"Ref": name}:
            return element
        return {self._replaced(key, name, element): self._replaced(value, name, element) for key, value in part.items()}
