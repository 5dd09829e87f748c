"""Web ACLs. AWS Config records them without their rules, which our collector adds as GetWebACL answers."""

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
)
from pillarwatch.lift import TemplateResource

RULES = "supplementaryConfiguration.wafv2.GetWebACL.WebACL.Rules"
MANAGED = "Statement.ManagedRuleGroupStatement.Name"


def group(name: str) -> dict[str, Any]:
    """An example of a rule that is a group managed by AWS."""
    return {"Name": name, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}}


CORE, KNOWN_BAD, SQL = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
RATE = {"Name": "rate", "Action": {"Block": {}}, "Statement": {"RateBasedStatement": {"Limit": 2000}}}
LIST = {"Name": "office", "Action": {"Allow": {}}, "Statement": {"IPSetReferenceStatement": {"ARN": "arn"}}}


def groups_of(acl: ConfigurationItem) -> Sequence[str]:
    """The names of the managed groups."""
    return acl.texts(f"{RULES}.{MANAGED}")


def has_group(acl: ConfigurationItem, name: str) -> Verdict:
    """The verdict on a managed group."""
    found = groups_of(acl)
    return compliant_if(contains(found, name), otherwise=f"managed groups: {listed(found) or 'none'}")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "the web ACL lets everything pass"},
    managed_rule="WAFV2_WEBACL_NOT_EMPTY",
    effort="S",
    collector="web-acls",
    fix="Add rules, first of all AWS's managed groups.",
    compliant=[{RULES: [RATE]}],
    non_compliant=[{RULES: []}, {}],
)
def wafv2_webacl_not_empty(acl: ConfigurationItem) -> Verdict:
    """Web ACLs have rules.

    An empty one costs the same and does nothing.
    """
    return compliant_if(acl.has(RULES), otherwise="no rules")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "the common attacks on web applications are not looked for"},
    effort="S",
    collector="web-acls",
    fix=f"Add the managed group {CORE}.",
    compliant=[{RULES: [group(CORE)]}],
    non_compliant=[{RULES: [group(SQL)]}, {}],
)
def wafv2_webacl_core_rule_set(acl: ConfigurationItem) -> Verdict:
    """Web ACLs look for the common attacks.

    With AWS's core rule set.
    """
    return has_group(acl, CORE)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "requests that are known to be malicious pass"},
    effort="S",
    collector="web-acls",
    fix=f"Add the managed group {KNOWN_BAD}.",
    compliant=[{RULES: [group(KNOWN_BAD)]}],
    non_compliant=[{RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_known_bad_inputs_rule_set(acl: ConfigurationItem) -> Verdict:
    """Web ACLs refuse what is known to be malicious.

    Requests that probe for known holes, such as Log4j's.
    """
    return has_group(acl, KNOWN_BAD)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "statements smuggled into requests reach the database"},
    effort="S",
    collector="web-acls",
    fix=f"Add the managed group {SQL}.",
    compliant=[{"tags.Database": "sql", RULES: [group(SQL)]}],
    non_compliant=[{"tags.Database": "sql", RULES: [group(CORE)]}, {"tags.Database": "sql"}],
    not_applicable=[{RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_sqli_rule_set(acl: ConfigurationItem) -> Verdict:
    """Web ACLs before a SQL database look for SQL in requests.

    Only where the tag Database says `sql`.
    """
    if acl.tag("Database").lower() != "sql":
        return NOT_APPLICABLE
    return has_group(acl, SQL)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={
        "SEC05-BP03": "one address may ask as often as it likes",
        "REL05-BP02": "a flood reaches the application",
    },
    effort="S",
    collector="web-acls",
    fix="Add a rate-based rule that blocks.",
    compliant=[{RULES: [RATE]}],
    non_compliant=[{RULES: [{**RATE, "Statement": {"RateBasedStatement": {"Limit": 0}}}]}, {RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_rate_based_rule(acl: ConfigurationItem) -> Verdict:
    """Web ACLs limit how often one address asks.

    Whether it blocks or counts for the time being, its name and its owner know.
    """

    def limits(rule: Attributes) -> bool:
        limit = rule.number("Statement.RateBasedStatement.Limit")
        return limit > 0

    return compliant_if(any_of(acl.objects(RULES), limits), otherwise="no rate-based rule")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP02": "an internal application answers every address"},
    effort="S",
    severity="medium",
    collector="web-acls",
    fix="Allow the addresses of an IP set, and block the rest.",
    compliant=[{"tags.Audience": "internal", RULES: [LIST]}],
    non_compliant=[{"tags.Audience": "internal", RULES: [RATE]}, {"tags.Audience": "internal"}],
    not_applicable=[{RULES: [RATE]}, {}],
)
def wafv2_webacl_ip_allow_list(acl: ConfigurationItem) -> Verdict:
    """Web ACLs of internal applications know the addresses that may ask.

    Only where the tag Audience says `internal`.
    """
    if acl.tag("Audience") != "internal":
        return NOT_APPLICABLE
    named = any_of(acl.objects(RULES), lambda rule: rule.has("Statement.IPSetReferenceStatement"))
    return compliant_if(named, otherwise="no rule names an IP set")


def lift(acl: TemplateResource) -> dict[str, Any]:
    """A web ACL with its rules, as the API would answer."""
    rules = acl.properties.get("Rules")
    return {
        "configuration": {"name": acl.properties.get("Name", acl.logical_id)},
        "supplementaryConfiguration": {"wafv2": {"GetWebACL": {"WebACL": {"Rules": rules}}}},
    }
