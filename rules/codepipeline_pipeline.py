"""Pipelines: the describe API's camelCase."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from pillarwatch.lift import TemplateResource, lowered

STAGES = "configuration.pipeline.stages"


def stage(*categories: str) -> dict[str, object]:
    """An example of a stage with actions of these categories."""
    return {"actions": [{"name": kind.lower(), "actionTypeId": {"category": kind}} for kind in categories]}


def categories_of(stage: Attributes) -> Sequence[str]:
    """What the actions of a stage do."""
    return stage.texts("actions.actionTypeId.category")


def before_deployment(pipeline: ConfigurationItem) -> Sequence[str]:
    """What is done before the first deployment."""
    done: list[str] = []
    for each in pipeline.objects(STAGES):
        if contains(categories_of(each), "Deploy"):
            break
        done.extend(categories_of(each))
    return done


def deploys(pipeline: ConfigurationItem) -> bool:
    """Whether there is a deployment at all."""
    return any_of(pipeline.objects(STAGES), lambda each: contains(categories_of(each), "Deploy"))


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={
        "OPS05-BP02": "changes are deployed untested",
        "REL08-BP02": "no functional test stands before the deployment",
        "OPS05-BP10": "the pipeline does not integrate and test by itself",
    },
    effort="M",
    severity="medium",
    fix="Put a build or test stage before the first deployment.",
    compliant=[{STAGES: [stage("Source"), stage("Build"), stage("Deploy")]}],
    non_compliant=[{STAGES: [stage("Source"), stage("Deploy"), stage("Test")]}],
    not_applicable=[{STAGES: [stage("Source"), stage("Build")]}, {}],
)
def codepipeline_has_test_action(pipeline: ConfigurationItem) -> Verdict:
    """Pipelines test before they deploy.

    A build counts: tests run in it more often than not.
    """
    if none_of([deploys(pipeline)]):
        return NOT_APPLICABLE
    done = before_deployment(pipeline)
    tested = any_of(("Build", "Test"), lambda kind: contains(done, kind))
    return compliant_if(tested, otherwise=f"before the deployment: {listed(done) or 'nothing'}")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={
        "OPS07-BP05": "nobody decides to go to production",
        "OPS06-BP02": "no gate stands before the users",
    },
    effort="S",
    fix="Add an approval, or a stage that an alarm gates.",
    compliant=[{"tags.Environment": "production", STAGES: [stage("Build"), stage("Approval"), stage("Deploy")]}],
    non_compliant=[{"tags.Environment": "production", STAGES: [stage("Build"), stage("Deploy")]}],
    not_applicable=[{STAGES: [stage("Build"), stage("Deploy")]}, {}],
)
def codepipeline_approval_before_production(pipeline: ConfigurationItem, *, production: str = "production") -> Verdict:
    """Somebody decides on each deployment to production.

    Only where the tag Environment says `production`.
    """
    if any_of([pipeline.tag("Environment") != production, none_of([deploys(pipeline)])]):
        return NOT_APPLICABLE
    return compliant_if(contains(before_deployment(pipeline), "Approval"), otherwise="no approval before it")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={
        "OPS06-BP03": "every place gets the new version at once",
        "OPS05-BP09": "a change is not taken in small steps",
    },
    managed_rule="CODEPIPELINE_DEPLOYMENT_COUNT_CHECK",
    effort="M",
    severity="low",
    fix="Deploy to one place first, and to the others in later stages.",
    compliant=[{STAGES: [stage("Deploy"), stage("Deploy", "Deploy")]}],
    non_compliant=[{STAGES: [stage("Deploy", "Deploy")]}],
    not_applicable=[{STAGES: [stage("Build")]}, {}],
)
def codepipeline_deployment_count_check(pipeline: ConfigurationItem, *, deployment_limit: int = 1) -> Verdict:
    """Pipelines deploy to one place first.

    As AWS's own rule reads it: the first stage that deploys does so once.
    """
    stages = [each for each in pipeline.objects(STAGES) if contains(categories_of(each), "Deploy")]
    if len(stages) == 0:
        return NOT_APPLICABLE
    count = len([kind for kind in categories_of(stages[0]) if kind == "Deploy"])
    return compliant_if(count <= deployment_limit, otherwise=f"{count} deployments in the first stage")


def lift(pipeline: TemplateResource) -> dict[str, Any]:
    """A pipeline."""
    return {"configuration": {"pipeline": lowered(pipeline.properties)}}
