"""Which ids have a revision, and which family it belongs to."""

import pytest

from pillarwatch.revisions import Revision, revision_of

TASK = "AWS::ECS::TaskDefinition"
WEB = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web"


@pytest.mark.parametrize(
    ("resource_type", "resource_id", "revision"),
    [
        (TASK, f"{WEB}:7", Revision(WEB, 7)),
        (TASK, f"{WEB}:10", Revision(WEB, 10)),
        (TASK, "web:7", Revision("web", 7)),
        (TASK, WEB, Revision(WEB, 0)),
        (TASK, f"{WEB}:", Revision(f"{WEB}:", 0)),
        (TASK, f"{WEB}:latest", Revision(f"{WEB}:latest", 0)),
        (TASK, f"{WEB}:0", Revision(f"{WEB}:0", 0)),
        (TASK, f"{WEB}:²", Revision(f"{WEB}:²", 0)),
        (TASK, ":7", Revision(":7", 0)),
        ("AWS::S3::Bucket", "orders:7", Revision("orders:7", 0)),
    ],
)
def test_an_id_is_that_of_a_family_and_a_number(resource_type: str, resource_id: str, revision: Revision) -> None:
    assert revision_of(resource_type, resource_id) == revision
    assert revision.id == resource_id
