"""CodePipeline pipelines; their configuration items use the camelCase names of GetPipeline."""

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
from pillarwatch.template_resource import TemplateResource, lowered

STAGES = "configuration.pipeline.stages"
CATEGORY = "actionTypeId.category"
CREATES_CHANGE_SET = "CHANGE_SET_REPLACE"  # the CloudFormation action mode that does not execute the change set


def stage(*categories: str) -> dict[str, object]:
    """An example of a stage with actions of these categories; actions of different categories run in sequence."""
    kinds = list(dict.fromkeys(categories))
    return {
        "actions": [
            {"name": kind.lower(), "runOrder": kinds.index(kind) + 1, "actionTypeId": {"category": kind}}
            for kind in categories
        ]
    }


IN_PRODUCTION = {"tags.Environment": "production"}
APPROVED_CHANGE_SET = {  # an example of a stage with an approval of a change set
    "actions": [
        {"runOrder": 1, "actionTypeId": {"category": "Deploy"}, "configuration": {"ActionMode": CREATES_CHANGE_SET}},
        {"runOrder": 2, "actionTypeId": {"category": "Approval"}},
        {"runOrder": 3, "actionTypeId": {"category": "Deploy"}, "configuration": {"ActionMode": "CHANGE_SET_EXECUTE"}},
    ]
}


def deployments(actions: Sequence[Attributes]) -> list[Attributes]:
    """The actions that deploy."""
    return [action for action in actions if is_deployment(action)]


def is_deployment(action: Attributes) -> bool:
    """Whether an action deploys; one that only creates a change set does not."""
    return action.once(_deploys)


def _deploys(action: Attributes) -> bool:
    return all_of([action.text(CATEGORY) == "Deploy", action.text("configuration.ActionMode") != CREATES_CHANGE_SET])


def run_order(action: Attributes) -> float:
    """The position of an action in its stage; actions with the same position run in parallel."""
    return action.number("runOrder", 1)


def categories_before_deployment(pipeline: ConfigurationItem, *, last: bool = False) -> Sequence[str]:
    """The categories of the actions before the first (or last) deployment, in earlier stages and in its own stage."""
    stages = [each.objects("actions") for each in pipeline.objects(STAGES)]
    at = [number for number, actions in enumerate(stages) if deployments(actions)][-1 if last else 0]
    limit = (max if last else min)(map(run_order, deployments(stages[at])))
    own = [action for action in stages[at] if run_order(action) < limit]
    return [action.text(CATEGORY) for action in chain(*stages[:at], own)]


def has_deployment(pipeline: ConfigurationItem) -> bool:
    """Whether the pipeline has an action that deploys."""
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
    fix="Add a Build or Test action before the first Deploy action.",
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
    """CodePipeline pipelines build or test before the first deployment.

    Without tests, each faulty change is deployed. The check accepts a build action, because builds usually run tests.
    """
    if none_of([has_deployment(pipeline)]):
        return NOT_APPLICABLE
    done = categories_before_deployment(pipeline)
    tested = any_of(("Build", "Test"), lambda kind: contains(done, kind))
    return compliant_if(tested, f"actions before the deployment: {listed(done) or 'none'} (expected Build or Test)")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={"OPS07-BP05": "no approval is required before a deployment to production"},
    effort="S",
    fix="Add a manual approval action before the last Deploy action.",
    compliant=[
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Approval"), stage("Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy"), stage("Approval", "Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), APPROVED_CHANGE_SET]},
    ],
    non_compliant=[
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy")]},
        {**IN_PRODUCTION, STAGES: [stage("Build"), stage("Deploy", "Approval")]},
    ],
    not_applicable=[{STAGES: [stage("Build"), stage("Deploy")]}, {}],
)
def codepipeline_approval_before_production(pipeline: ConfigurationItem) -> Verdict:
    """CodePipeline pipelines require an approval before production.

    Without an approval, each change is deployed to production without a decision. The check treats the last deployment
    of the pipeline as production. Applies to pipelines whose Environment tag is production.
    """
    if any_of([pipeline.environment != PRODUCTION, none_of([has_deployment(pipeline)])]):
        return NOT_APPLICABLE
    approved = contains(categories_before_deployment(pipeline, last=True), "Approval")
    return compliant_if(approved, otherwise="no Approval action before the last deployment")


@check(
    "AWS::CodePipeline::Pipeline",
    best_practices={"OPS06-BP03": "all targets receive the new version at the same time"},
    managed_rule="CODEPIPELINE_DEPLOYMENT_COUNT_CHECK",
    effort="M",
    severity="low",
    fix="Deploy to one target in the first stage with a deployment, and to the others in later stages.",
    compliant=[
        {STAGES: [stage("Deploy"), stage("Deploy", "Deploy")]},
        {STAGES: [APPROVED_CHANGE_SET]},
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
    """CodePipeline pipelines deploy to one target first.

    If all targets receive a version at once, a faulty version affects all of them. The first stage with a deployment
    must have exactly one. If the parameter `deployment_limit` is set, each later stage may have at most this number.
    AWS's managed rule works in the same way. An action that only creates a change set is not a deployment.
    """
    counts = [count for each in pipeline.objects(STAGES) if (count := len(deployments(each.objects("actions"))))]
    if not counts:
        return NOT_APPLICABLE
    first, *later = counts
    limit = deployment_limit or sum(later)
    is_staged = all_of([first == 1, all_of(later, lambda count: count <= limit)])
    expected = f"1, then {deployment_limit} or less" if deployment_limit else "1 in the first"
    return compliant_if(is_staged, f"deployments in each stage: {', '.join(map(str, counts))} (expected {expected})")


def to_configuration_item(pipeline: TemplateResource) -> dict[str, Any]:
    """The configuration item of a pipeline."""
    return {"configuration": {"pipeline": lowered(pipeline.properties, keep=("Configuration",))}}
