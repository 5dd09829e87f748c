"""Resources that AWS never changes: a change registers the next revision of the family, and the older ones stay.

AWS Config records each revision as a resource of its own. The newest one is what a team deploys next, so it is the one
that counts: AWS's managed rules "only evaluate the latest active revision",
https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-log-configuration.html.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REVISED = {"AWS::ECS::TaskDefinition"}  #: types whose id ends with ``:`` and the number of the revision
_NUMBERED = re.compile(r"(?P<family>.*[^:]):(?P<number>[1-9][0-9]{0,14})", re.DOTALL)


class Revision(NamedTuple):
    """A revision of a family; a resource of any other type is the only one of its family."""

    family: str  #: the id without the number
    number: int  #: the greatest is the newest; 0 where the type has no revisions

    @property
    def id(self) -> str:
        """The id of the resource, as AWS Config records it."""
        return f"{self.family}:{self.number}" if self.number else self.family


def revision_of(resource_type: str, resource_id: str) -> Revision:
    """The family and the number in the id of a resource, e.g. ``arn:aws:ecs:…:task-definition/web:7``."""
    numbered = _NUMBERED.fullmatch(resource_id) if resource_type in REVISED else None
    return Revision(numbered["family"], int(numbered["number"])) if numbered else Revision(resource_id, 0)
