"""What checks read is kept beside the state, and written only when it changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.queries import finding_keys, findings_of
from aggregator.queries.values import passing, with_values
from aggregator.scopes import workload_scope
from aggregator.table_items import decoded
from aggregator.values import read_in, update_of
from pillarwatch import ConfigurationItem
from rules.publishing import evaluated
from tests.aggregator.world import ACCOUNT, BUCKET, PUBLIC, VERSIONING, World, evaluation

if TYPE_CHECKING:
    import pytest

PROJECT = "AWS::CodeBuild::Project"
SHOP = workload_scope("shop")
READ = {VERSIONING: "status: Enabled", PUBLIC: "blockPublicAcls: false"}


def stored(world: World, resource: str = "logs", kind: str = BUCKET) -> dict[str, Any]:
    """The item VALUES of a resource: texts by check, by attribute; empty if there is none."""
    key = f"{ACCOUNT}/eu-west-1/{kind}/{resource}"
    item = world.store.values([key]).get(key, {})
    return {name: read_in(item, name, 0) for name in item if name not in {"pk", "sk"}}


def test_values_are_kept_for_passing_and_failing_checks(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C", PUBLIC: "N"}, values=READ))
    assert stored(world) == {"change": READ}

    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=1, values={VERSIONING: "status: Enabled"}))
    assert stored(world) == {"change": {VERSIONING: "status: Enabled"}}


def test_values_of_two_sources_are_apart_and_end_with_theirs(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, values=READ))
    world.send(evaluation(verdicts={"s3-bucket-in-use": "C"}, source="usage", values={"s3-bucket-in-use": "Sum: 3"}))
    assert stored(world).keys() == {"change", "usage"}
    world.send(evaluation(captured=1, source="usage", status="left-scope"))
    assert stored(world).keys() == {"change"}
    world.send(evaluation(captured=2, status="deleted"))
    assert stored(world) == {}


def test_an_event_without_values_and_an_older_one_change_nothing_falsely(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=5, values=READ))
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=4, values={VERSIONING: "status: Suspended"}))
    assert stored(world)["change"][VERSIONING] == "status: Enabled"
    world.send(evaluation(verdicts={VERSIONING: "C"}, captured=6))  # of a release that did not send values
    assert stored(world) == {}


def test_unchanged_values_are_not_written_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[Any] = []

    def recorded(texts: dict[str, str]) -> dict[str, Any]:
        updates.append(texts)
        return update_of(texts)

    monkeypatch.setattr("aggregator.store.update_of", recorded)
    for time in range(3):
        world.send(evaluation(verdicts={VERSIONING: "CN"[time % 2]}, captured=time, values=READ))
    assert len(updates) == 1


def test_a_value_that_is_too_long_is_cut(world: World) -> None:
    world.send(evaluation(verdicts={VERSIONING: "C"}, values={VERSIONING: "é" * 200}))
    text = stored(world)["change"][VERSIONING]
    assert text.endswith("…")
    assert len(text.encode()) <= 128


def test_findings_and_passing_resources_are_read_with_their_values(world: World) -> None:
    for name, letter in (("logs", "N"), ("data", "C"), ("site", "C"), ("other", "A")):
        world.send(evaluation(name, {VERSIONING: letter}, values={VERSIONING: f"status of {name}"}))
    world.send(evaluation("bank", {VERSIONING: "C"}, workload="bank", values={VERSIONING: "status of bank"}))

    keys = finding_keys(world.table, SHOP, [ACCOUNT], {"N": [VERSIONING]})
    (finding,) = with_values(world.table, findings_of(world.table, keys).values())
    assert (finding.resource.name, finding.value) == ("logs", "status of logs")
    passed = list(passing(world.table, SHOP, VERSIONING, [ACCOUNT], [BUCKET]))
    assert [(one.resource.name, one.value) for one in passed] == [
        ("data", "status of data"),
        ("site", "status of site"),
    ]


def test_values_of_each_revision_are_kept(world: World) -> None:
    family, check = "arn:aws:ecs:eu-west-1:1:task-definition/web", "ecs-task-definition-nonroot-user"
    for number in (3, 2):
        name = f"{family}:{number}"
        kind = "AWS::ECS::TaskDefinition"
        world.send(evaluation(name, {check: "C"}, resource_type=kind, values={check: f"user: {number}"}))
    (one,) = passing(world.table, SHOP, check, [ACCOUNT], ["AWS::ECS::TaskDefinition"])
    assert (one.resource.id, one.value) == (f"{family}:3", "user: 3")
    world.send(evaluation(f"{family}:3", captured=1, status="deleted", resource_type="AWS::ECS::TaskDefinition"))
    (one,) = passing(world.table, SHOP, check, [ACCOUNT], ["AWS::ECS::TaskDefinition"])
    assert (one.resource.id, one.value) == (f"{family}:2", "user: 2")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["DB_PASSWORD", "githubToken", "API_KEY"]),
    st.text("QZJX", min_size=12, max_size=20) | st.text("QZJX", min_size=16, max_size=16).map("AKIA{}".format),
)
def test_a_secret_is_in_no_verdict_of_the_event_and_in_no_item(world: World, name: str, secret: str) -> None:
    variable = {"name": name, "value": secret, "type": "PLAINTEXT"}
    project = {
        "awsAccountId": ACCOUNT,
        "awsRegion": "eu-west-1",
        "resourceType": PROJECT,
        "resourceId": "build",
        "configurationItemCaptureTime": "2020-01-01T00:00:00Z",
        "configurationItemStatus": "OK",
        "configuration": {
            "environment": {"environmentVariables": [variable]},
            "source": {"buildspec": f"{name}={secret}"},
        },
    }
    detail = evaluated(ConfigurationItem(project), "change")
    verdict = detail["verdicts"]["codebuild-project-envvar-awscred-check"]
    assert (verdict["compliance"], verdict["value"]) == ("NON_COMPLIANT", f"{name}: ***; type: PLAINTEXT")
    assert secret not in json.dumps(detail)

    world.empty()
    assert world.send({"detail-type": "Resource Evaluated", "source": "pillarwatch", "detail": detail}) == []
    assert stored(world, "build", PROJECT)["change"]["codebuild-project-envvar-awscred-check"] == verdict["value"]
    assert not any(secret in str(decoded(item)) for item in world.items())
