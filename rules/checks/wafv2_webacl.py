"""AWS WAF web ACLs. AWS Config records them without their rules, which a collector adds in the shape of GetWebACL."""

from collections.abc import Sequence
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
from pillarwatch.template_resource import TemplateResource

ACL = "supplementaryConfiguration.wafv2.GetWebACL.WebACL"
RULES = f"{ACL}.Rules"
DEFAULT = f"{ACL}.DefaultAction"
BEFORE = f"{ACL}.PreProcessFirewallManagerRuleGroups"
HOLDERS = {RULES: "Statement", BEFORE: (OTHER := "FirewallManagerStatement"), BEFORE.replace("Pre", "Post"): OTHER}
MANAGED = "{}.ManagedRuleGroupStatement.Name"


def group(name: str) -> dict[str, Any]:
    """An example of a rule with an AWS managed rule group."""
    return {"Name": name, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}}


CORE, KNOWN_BAD, SQL = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
RATE = {"Name": "rate", "Action": {"Block": {}}, "Statement": {"RateBasedStatement": {"Limit": 2000}}}
OFFICE = {"IPSetReferenceStatement": {"ARN": "arn"}}
ALLOW_OFFICE = {"Name": "office", "Action": {"Allow": {}}, "Statement": OFFICE}
BLOCK_OTHERS = {"Name": "others", "Action": {"Block": {}}, "Statement": {"NotStatement": {"Statement": OFFICE}}}


def does(rule: Attributes, action: str, *, of: str = "Action") -> bool:
    """Whether a rule has an action or override action, which is the key of an object with a mostly empty value."""
    return any_of(rule.entries(of), lambda entry: entry.text("key") == action)


def has_group(acl: ConfigurationItem, name: str) -> Verdict:
    """COMPLIANT if the web ACL or Firewall Manager uses a managed rule group with an action other than Count."""
    rules = [(rule, MANAGED.format(kind)) for holder, kind in HOLDERS.items() for rule in acl.objects(holder)]

    def blocks(pair: tuple[Attributes, str]) -> bool:
        rule, path = pair
        return all_of([rule.text(path) == name, none_of([does(rule, "Count", of="OverrideAction")])])

    found = [listed(acl.texts(f"{holder}.{MANAGED.format(kind)}")) for holder, kind in HOLDERS.items()]
    groups = ", ".join(filter(None, found)) or "none"
    return compliant_if(any_of(rules, blocks), otherwise=f"rule groups: {groups} (expected {name} without Count)")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "the web ACL has no rules and inspects no requests"},
    managed_rule="WAFV2_WEBACL_NOT_EMPTY",
    effort="S",
    collector="web-acls",
    fix="Add rules to the web ACL, beginning with AWS managed rule groups. Test them with the action Count first.",
    compliant=[{RULES: [RATE]}, {RULES: [], BEFORE: [{"Name": "of everybody"}]}],
    non_compliant=[{RULES: []}, {}],
)
def wafv2_webacl_not_empty(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs have rules.

    A web ACL without rules is billed but blocks no attack. The check also accepts rule groups of Firewall Manager.
    """
    return compliant_if(any_of(HOLDERS, acl.has), otherwise="number of rules: 0 (expected 1 or more)")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "common attacks on web applications are not blocked"},
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix=f"Add the managed rule group {CORE}. Test it with the override action Count first.",
    compliant=[
        {RULES: [group(CORE)]},
        {BEFORE: [{"FirewallManagerStatement": group(CORE)["Statement"]}]},
    ],
    non_compliant=[{RULES: [group(SQL)]}, {RULES: [{**group(CORE), "OverrideAction": {"Count": {}}}]}, {}],
)
def wafv2_webacl_core_rule_set(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs use the AWS managed core rule set.

    Without the core rule set, common attacks such as cross-site scripting reach the application. A rule group with the
    action Count does not block attacks, so it is non-compliant.
    """
    return has_group(acl, CORE)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "requests with known malicious inputs are not blocked"},
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix=f"Add the managed rule group {KNOWN_BAD}.",
    compliant=[{RULES: [{**group(KNOWN_BAD), "OverrideAction": {"None": {}}}]}],
    non_compliant=[{RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_known_bad_inputs_rule_set(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs use the AWS managed known bad inputs rule set.

    Without this rule set, requests that exploit known vulnerabilities, such as that of Log4j, reach the application.
    """
    return has_group(acl, KNOWN_BAD)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "SQL injection attacks are not blocked"},
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix=f"Add the managed rule group {SQL}.",
    compliant=[{"tags.Database": "sql", RULES: [group(SQL)]}],
    non_compliant=[{"tags.Database": "sql", RULES: [group(CORE)]}, {"tags.Database": "sql"}],
    not_applicable=[{RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_sqli_rule_set(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs for SQL databases use the SQL injection rule set.

    Without this rule set, SQL statements in requests can reach the database. Applies if the tag Database is sql.
    """
    if acl.tag("Database").lower() != "sql":
        return NOT_APPLICABLE
    return has_group(acl, SQL)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={
        "SEC05-BP03": "the number of requests from one IP address is not limited",
        "REL05-BP02": "no rate-based rule limits requests to the application",
    },
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix="Add a rule with RateBasedStatement and the action Block.",
    compliant=[{RULES: [RATE]}],
    non_compliant=[{RULES: [{**RATE, "Action": {"Count": {}}}]}, {RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_rate_based_rule(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs have a rate-based rule.

    Without a rate-based rule, one client can overload the application or guess passwords. A rule with the action Count
    is non-compliant.
    """

    def limits(rule: Attributes) -> bool:
        return all_of([rule.has("Statement.RateBasedStatement"), none_of([does(rule, "Count")])])

    otherwise = "rate-based rules with an action other than Count: 0 (expected 1 or more)"
    return compliant_if(any_of(acl.objects(RULES), limits), otherwise)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP02": "any IP address can reach an internal application"},
    effort="S",
    severity="medium",
    collector="web-acls",
    fix="Add a rule that allows the addresses of an IP set, and set DefaultAction to Block.",
    compliant=[
        {"tags.Audience": "internal", RULES: [ALLOW_OFFICE], DEFAULT: {"Block": {}}},
        {"tags.Audience": "internal", RULES: [BLOCK_OTHERS], DEFAULT: {"Allow": {}}},
    ],
    non_compliant=[
        {"tags.Audience": "internal", RULES: [ALLOW_OFFICE], DEFAULT: {"Allow": {}}},
        {"tags.Audience": "internal", RULES: [RATE], DEFAULT: {"Block": {}}},
        {"tags.Audience": "internal"},
    ],
    not_applicable=[{RULES: [RATE]}, {}],
)
def wafv2_webacl_ip_allow_list(acl: ConfigurationItem) -> Verdict:
    """AWS WAF web ACLs of internal applications allow only addresses of an IP set.

    Without this limit, the whole internet can attack an internal application. A rule must block all addresses outside
    an IP set, or allow an IP set with the default action Block. Applies if the tag Audience is internal.
    """
    if acl.tag("Audience") != "internal":
        return NOT_APPLICABLE
    closed = does(acl, "Block", of=DEFAULT)

    def guards(rule: Attributes) -> bool:
        inside, outside = (
            rule.has(f"Statement.{path}IPSetReferenceStatement") for path in ("", "NotStatement.Statement.")
        )
        return any_of([all_of([closed, inside, does(rule, "Allow")]), all_of([outside, does(rule, "Block")])])

    return compliant_if(any_of(acl.objects(RULES), guards), "rules that limit access to an IP set: 0 (expected 1)")


def to_configuration_item(acl: TemplateResource) -> dict[str, Any]:
    """A template's web ACL with its rules in the shape of GetWebACL."""
    found = {name: acl.properties.get(name) for name in ("DefaultAction", "Rules")}
    return {
        "configuration": {"name": acl.properties.get("Name", acl.logical_id)},
        "supplementaryConfiguration": {"wafv2": {"GetWebACL": {"WebACL": found}}},
    }
