"""Pipelines: the describe API's camelCase."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
    none_of,
)
from pillarwatch.environments import PRODUCTION
from pillarwatch.lift import TemplateResource, lowered

STAGES = "configuration.pipeline.stages"
CATEGORY = "actionTypeId.category"
PREPARES = "CHANGE_SET_REPLACE"  # of CloudFormation's modes the one that only makes what another action executes


def stage(*categories: str) -> dict[str, object]:
    """An example of a stage with actions of these categories, one after the other where they differ."""
    kinds = list(dict.fromkeys(categories))
    return {
        "actions": [
            {"name": kind.lower(), "runOrder": kinds.index(kind) + 1, "actionTypeId": {"category": kind}}
            for kind in categories
        ]
    }


IN_PRODUCTION = {"tags.Environment": "production"}
PREPARED = {  # an example of a stage in which somebody approves a change set
    "actions": [
        {"runOrder": 1, "actionTypeId": {"category": "Deploy"}, "configuration": {"ActionMode": PREPARES}},
        {"runOrder": 2, "actionTypeId": {"category": "Approval"}},
        {"runOrder": 3, "actionTypeId": {"category": "Deploy"}, "configuration": {"ActionMode": "CHANGE_SET_EXECUTE"}},
    ]
}


def deployments(actions: Sequence[Attributes]) -> list[Attributes]:
    """Those of a stage's actions that deploy."""
    return [action for action in actions if is_deployment(action)]


def is_deployment(action: Attributes) -> bool:
    """Whether an action deploys; one that makes a change set does not."""
    return all_of([action.text(CATEGORY) == "Deploy", action.text("configuration.ActionMode") != PREPARES])


def order(action: Attributes) -> float:
    """When an action of a stage is taken."""
    return action.number("runOrder", 1)


def before_deployment(pipeline: ConfigurationItem, *, last: bool = False) -> Sequence[str]:
    """What is done before the first, or the last, deployment: in earlier stages, and by earlier actions of its own."""
    stages = [each.objects("actions") for each in pipeline.objects(STAGES)]
    at = [number for number, actions in enumerate(stages) if deployments(actions)][-1 if last else 0]
    limit = (max if last else min)(map(order, deployments(stages[at])))
    own = [action for action in stages[at] if order(action) < limit]
    return [action.text(CATEGORY) for action in chain(*stages[:at], own)]


def deploys(pipeline: ConfigurationItem) -> bool:
    """Whether there is a deployment at all."""
    return any_of(pipeline.objects(STAGES), lambda each: any_of(each.objects("actions"), is_deployment))


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={
        "OPS05-BP02": "changes are deployed without tests",
        "REL08-BP02": "no functional test runs before the deployment",
        "OPS05-BP10": "the pipeline does not build and test automatically",
    },
    effort="M",
    severity="medium",
    fix="Put a build or test stage before the first deployment.",
    compliant=[
        {STAGES: [stage("Source"), stage("Build"), stage("Deploy")]},
        {STAGES: [stage("Source"), stage("Test", "Deploy")]},
    ],
    non_compliant=[
        {STAGES: [stage("Source"), stage("Deploy"), stage("Test")]},
        {STAGES: [stage("Source"), stage("Deploy", "Test")]},
    ],
    not_applicable=[{STAGES: [stage("Source"), stage("Build")]}, {}],
)
def codepipeline_has_test_action(pipeline: ConfigurationItem) -> Verdict:
    """Pipelines have a test or build stage before the first deployment.

    A build counts: tests run in it more often than not.
    """
    if none_of([deploys(pipeline)]):
        return NOT_APPLICABLE
    done = before_deployment(pipeline)
    tested = any_of(("Build", "Test"), lambda kind: contains(done, kind))
    return compliant_if(tested, otherwise=f"before the deployment: {listed(done) or 'nothing'}")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={"OPS07-BP05": "nobody decides to go to production"},
    effort="S",
    fix="Add an approval, or a stage that an alarm gates.",
    compliant=[
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Approval"), stage("Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy"), stage("Approval", "Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), PREPARED]},
    ],
    non_compliant=[
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy", "Approval")]},
    ],
    not_applicable=[{STAGES: [stage("Build"), stage("Deploy")]}, {}],
)
def codepipeline_approval_before_production(pipeline: ConfigurationItem) -> Verdict:
    """Somebody decides on each deployment to production.

    Only where the tag Environment says `production`. The last deployment is the one to production: what comes before
    it may go to a test environment.
    """
    if any_of([pipeline.environment != PRODUCTION, none_of([deploys(pipeline)])]):
        return NOT_APPLICABLE
    approved = contains(before_deployment(pipeline, last=True), "Approval")
    return compliant_if(approved, otherwise="no approval before the last deployment")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={"OPS06-BP03": "every place gets the new version at once"},
    managed_rule="CODEPIPELINE_DEPLOYMENT_COUNT_CHECK",
    effort="M",
    severity="low",
    fix="Deploy to one place first, and to the others in later stages.",
    compliant=[
        {STAGES: [stage("Deploy"), stage("Deploy", "Deploy")]},
        {STAGES: [PREPARED]},
        {STAGES: [stage("Deploy"), stage("Deploy", "Deploy")], "parameters.deployment_limit": 2},
    ],
    non_compliant=[
        {STAGES: [stage("Deploy", "Deploy")]},
        {STAGES: [stage("Deploy", "Deploy")], "parameters.deployment_limit": 2},
        {STAGES: [stage("Deploy"), stage("Deploy", "Deploy")], "parameters.deployment_limit": 1},
    ],
    not_applicable=[{STAGES: [stage("Build")]}, {}],
)
def codepipeline_deployment_count_check(pipeline: ConfigurationItem, *, deployment_limit: int = 0) -> Verdict:
    """Pipelines deploy to one place first.

    As AWS's own rule reads it: the first stage that deploys does so once, later ones as often as `deployment_limit`
    says, where it is set. To make a change set is not yet to deploy it.
    """
    counts = [count for each in pipeline.objects(STAGES) if (count := len(deployments(each.objects("actions"))))]
    if not counts:
        return NOT_APPLICABLE
    first, *later = counts
    limit = deployment_limit or sum(later)
    few = all_of([first == 1, all_of(later, lambda count: count <= limit)])
    return compliant_if(few, otherwise=f"deployments in each stage: {', '.join(map(str, counts))}")


def lift(pipeline: TemplateResource) -> dict[str, Any]:
    """A pipeline."""
    return {"configuration": {"pipeline": lowered(pipeline.properties, keep=("Configuration",))}}
