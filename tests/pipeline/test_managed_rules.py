"""AWS's managed rules count in the same scores, through everything that template.yaml deploys."""

import json

import pytest

from aggregator.events import Resource
from aggregator.states import State
from local_aws.config_service import Rule
from pillarwatch.command import main
from tests.pipeline.deployment import ACCOUNT, REGION, Deployment

BUCKET, API, ACCOUNT_TYPE = "AWS::S3::Bucket", "AWS::AppSync::GraphQLApi", "AWS::::Account"
VERSIONING = "s3-bucket-versioning-enabled"
IDENTIFIER = "S3_BUCKET_VERSIONING_ENABLED"
RULE = "team-rule-conformance-pack-abc1def2g"  # the name says nothing, as that of a pack's rule


@pytest.fixture
def ours(deployed: Deployment) -> Rule:
    """The rule that has our evaluator evaluate buckets; it is taken away."""
    return deployed.aws.config.rules.pop("pillarwatch-s3-bucket")


@pytest.fixture
def bare(deployed: Deployment, ours: Rule) -> Deployment:  # noqa: ARG001 - without it
    """A deployment that does not evaluate buckets itself, with a bucket, and a managed rule."""
    deployed.bucket(versioning="Suspended")
    deployed.aws.managed_rules.put(RULE, IDENTIFIER)
    return deployed


def report(deployed: Deployment, compliance: str, resource: str = "invoices", rule: str = RULE) -> None:
    deployed.aws.managed_rules.report(rule, BUCKET, resource, compliance)
    deployed.aws.run_until_idle()
    assert deployed.aws.undelivered == []


def counted(deployed: Deployment) -> tuple[int, int]:
    counts = deployed.shop().counts.get(VERSIONING)
    return (counts.compliant, counts.non_compliant) if counts else (0, 0)


def test_a_managed_rule_counts_under_the_workload_of_its_resource(bare: Deployment) -> None:
    report(bare, "NON_COMPLIANT")
    assert counted(bare) == (0, 1)
    assert bare.score("reliability") == 0
    report(bare, "COMPLIANT")
    assert counted(bare) == (1, 0)
    assert bare.score("reliability") == 100
    assert bare.shop().resources == 1


def test_its_finding_names_the_rule(bare: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    report(bare, "NON_COMPLIANT")
    table = ("--region", REGION, "--table", bare.stack.outputs["TableName"])
    assert main(["findings", "--workload", "shop", "--json", *table]) == 0
    (finding,) = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["check"] == VERSIONING]
    assert finding["source"] == f"config-rule:{RULE}"
    assert RULE in finding["annotation"]


def test_a_repeated_event_changes_nothing(bare: Deployment) -> None:
    report(bare, "NON_COMPLIANT")
    report(bare, "NON_COMPLIANT")
    assert counted(bare) == (0, 1)


def test_what_does_not_apply_or_is_deleted_is_not_counted(bare: Deployment) -> None:
    report(bare, "NON_COMPLIANT")
    report(bare, "NOT_APPLICABLE")
    assert (counted(bare), bare.shop().resources) == ((0, 0), 0)


def test_an_unknown_is_no_pass(bare: Deployment) -> None:
    report(bare, "COMPLIANT")
    report(bare, "INSUFFICIENT_DATA")
    assert counted(bare) == (0, 0)
    assert bare.shop().counts[VERSIONING].unknown == 1


def test_our_own_evaluation_counts_before_an_older_and_a_newer_one(deployed: Deployment) -> None:
    deployed.bucket(versioning="Suspended")
    deployed.aws.managed_rules.put(RULE, IDENTIFIER)
    report(deployed, "COMPLIANT")
    assert counted(deployed) == (0, 1)
    deployed.bucket(versioning="Enabled")
    report(deployed, "NON_COMPLIANT")
    assert counted(deployed) == (1, 0)


def test_our_own_evaluation_replaces_that_of_a_rule(bare: Deployment, ours: Rule) -> None:
    report(bare, "COMPLIANT")
    bare.aws.config.rules[ours.name] = ours
    bare.bucket(versioning="Suspended")
    assert counted(bare) == (0, 1)


def test_two_rules_of_the_same_intent_count_once(bare: Deployment) -> None:
    bare.aws.managed_rules.put("another", IDENTIFIER)
    report(bare, "NON_COMPLIANT")
    report(bare, "NON_COMPLIANT", rule="another")
    assert counted(bare) == (0, 1)


def test_a_deleted_rule_withdraws_its_verdicts(bare: Deployment) -> None:
    report(bare, "NON_COMPLIANT")
    bare.aws.managed_rules.delete(RULE)
    bare.aws.run_until_idle()
    assert counted(bare) == (0, 0)


def test_an_event_of_a_rule_that_is_gone_withdraws_its_verdicts(bare: Deployment) -> None:
    report(bare, "NON_COMPLIANT")
    bare.aws.managed_rules.put(RULE, IDENTIFIER)  # created again, so its ARN was not looked up before
    event = bare.aws.managed_rules.event(RULE, BUCKET, "invoices", "NON_COMPLIANT")
    del bare.aws.config.rules[RULE]
    bare.aws.events.send("default", event)
    bare.aws.run_until_idle()
    assert counted(bare) == (0, 0)


@pytest.mark.parametrize(
    ("rule", "identifier", "resource"),
    [
        (RULE, IDENTIFIER, "never-recorded"),
        ("unmapped", "S3_NO_SUCH_INTENT", "invoices"),
    ],
)
def test_what_has_no_item_or_no_check_is_not_counted(
    bare: Deployment, rule: str, identifier: str, resource: str
) -> None:
    bare.aws.managed_rules.put(rule, identifier)
    report(bare, "NON_COMPLIANT", resource, rule)
    assert counted(bare) == (0, 0)


def test_results_from_before_the_deployment_are_read_page_by_page(deployed: Deployment) -> None:
    deployed.record(API, "orders", {"Name": "orders"})
    deployed.aws.managed_rules.put("waf", "APPSYNC_ASSOCIATED_WITH_WAF")
    for number in range(60):
        deployed.aws.managed_rules.evaluate("waf", API, f"never-recorded-{number}", "NON_COMPLIANT")
    deployed.aws.managed_rules.evaluate("waf", API, "orders", "NON_COMPLIANT")
    deployed.aws.events.fire_schedules()
    deployed.aws.run_until_idle()
    before = state_of(deployed, API, "orders")
    assert before.sources["config-rule:waf"].verdicts["appsync-associated-with-waf"].letter == "N"
    deployed.aws.events.fire_schedules()
    deployed.aws.run_until_idle()
    assert state_of(deployed, API, "orders") == before
    assert deployed.aws.undelivered == []


def test_results_that_our_own_rules_cover_are_not_read(deployed: Deployment) -> None:
    deployed.bucket(versioning="Suspended")
    deployed.aws.managed_rules.put(RULE, IDENTIFIER)
    deployed.aws.managed_rules.evaluate(RULE, BUCKET, "invoices", "COMPLIANT")
    deployed.aws.events.fire_schedules()
    deployed.aws.run_until_idle()
    state = state_of(deployed, BUCKET, "invoices")
    assert state.sources.keys() == {"change"}


def test_our_own_rules_are_not_taken_for_managed_ones(deployed: Deployment) -> None:
    deployed.bucket()
    before = len(deployed.aws.invocations)
    deployed.aws.managed_rules.report("pillarwatch-s3-bucket", BUCKET, "invoices", "NON_COMPLIANT")
    deployed.aws.run_until_idle()
    assert len(deployed.aws.invocations) == before


def test_a_rule_on_the_account_counts_where_our_collectors_count_it(deployed: Deployment) -> None:
    deployed.aws.managed_rules.put("mfa", "ROOT_ACCOUNT_MFA_ENABLED")
    before = accounts(deployed)
    deployed.aws.managed_rules.report("mfa", ACCOUNT_TYPE, ACCOUNT, "NON_COMPLIANT")
    deployed.aws.run_until_idle()
    assert before
    assert accounts(deployed) == before


def state_of(deployed: Deployment, resource_type: str, resource_id: str) -> State:
    resource = Resource(ACCOUNT, REGION, resource_type, resource_id)
    return deployed.store.states([resource])[resource][0]


def accounts(deployed: Deployment) -> set[Resource]:
    """The resources that stand for the account, by Region."""
    return {resource for _, resource in deployed.store.keys_of_states(ACCOUNT, ACCOUNT_TYPE)}
