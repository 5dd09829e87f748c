"""Web ACLs. AWS Config records them without their rules, which our collector adds as GetWebACL answers."""

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
from pillarwatch.lift import TemplateResource

ACL = "supplementaryConfiguration.wafv2.GetWebACL.WebACL"
RULES = f"{ACL}.Rules"
DEFAULT = f"{ACL}.DefaultAction"
BEFORE = f"{ACL}.PreProcessFirewallManagerRuleGroups"
HOLDERS = {RULES: "Statement", BEFORE: (OTHER := "FirewallManagerStatement"), BEFORE.replace("Pre", "Post"): OTHER}
MANAGED = "{}.ManagedRuleGroupStatement.Name"


def group(name: str) -> dict[str, Any]:
    """An example of a rule that is a group managed by AWS."""
    return {"Name": name, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}}


CORE, KNOWN_BAD, SQL = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
RATE = {"Name": "rate", "Action": {"Block": {}}, "Statement": {"RateBasedStatement": {"Limit": 2000}}}
OFFICE = {"IPSetReferenceStatement": {"ARN": "arn"}}
LIST = {"Name": "office", "Action": {"Allow": {}}, "Statement": OFFICE}
REST = {"Name": "others", "Action": {"Block": {}}, "Statement": {"NotStatement": {"Statement": OFFICE}}}


def does(rule: Attributes, action: str, *, of: str = "Action") -> bool:
    """Whether a rule has an action, or overrides its group's by it: the key of an object that is empty as a rule."""
    return any_of(rule.entries(of), lambda entry: entry.text("key") == action)


def has_group(acl: ConfigurationItem, name: str) -> Verdict:
    """The verdict on a managed group, the ACL's own or Firewall Manager's: one that only counts refuses nothing."""
    rules = [(rule, MANAGED.format(kind)) for holder, kind in HOLDERS.items() for rule in acl.objects(holder)]

    def refuses(pair: tuple[Attributes, str]) -> bool:
        rule, path = pair
        return all_of([rule.text(path) == name, none_of([does(rule, "Count", of="OverrideAction")])])

    found = [listed(acl.texts(f"{holder}.{MANAGED.format(kind)}")) for holder, kind in HOLDERS.items()]
    groups = ", ".join(filter(None, found)) or "none"
    return compliant_if(any_of(rules, refuses), otherwise=f"{name} refuses nothing; groups: {groups}")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "the web ACL lets everything pass"},
    managed_rule="WAFV2_WEBACL_NOT_EMPTY",
    effort="S",
    collector="web-acls",
    fix="Add rules, first of all AWS's managed groups.",
    compliant=[{RULES: [RATE]}, {RULES: [], BEFORE: [{"Name": "of everybody"}]}],
    non_compliant=[{RULES: []}, {}],
)
def wafv2_webacl_not_empty(acl: ConfigurationItem) -> Verdict:
    """Web ACLs have rules.

    An empty one costs the same and does nothing. Those of Firewall Manager count.
    """
    return compliant_if(any_of(HOLDERS, acl.has), otherwise="no rules")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "the common attacks on web applications are not looked for"},
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix=f"Add the managed group {CORE}.",
    compliant=[
        {RULES: [group(CORE)]},
        {BEFORE: [{"FirewallManagerStatement": group(CORE)["Statement"]}]},
    ],
    non_compliant=[{RULES: [group(SQL)]}, {RULES: [{**group(CORE), "OverrideAction": {"Count": {}}}]}, {}],
)
def wafv2_webacl_core_rule_set(acl: ConfigurationItem) -> Verdict:
    """Web ACLs look for the common attacks.

    With AWS's core rule set, which must not only count.
    """
    return has_group(acl, CORE)


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP03": "requests that are known to be malicious pass"},
    effort="S",
    collector="web-acls",
    same_cause_as="wafv2-webacl-not-empty",
    fix=f"Add the managed group {KNOWN_BAD}.",
    compliant=[{RULES: [{**group(KNOWN_BAD), "OverrideAction": {"None": {}}}]}],
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
    same_cause_as="wafv2-webacl-not-empty",
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
    same_cause_as="wafv2-webacl-not-empty",
    fix="Add a rate-based rule that blocks.",
    compliant=[{RULES: [RATE]}],
    non_compliant=[{RULES: [{**RATE, "Action": {"Count": {}}}]}, {RULES: [group(CORE)]}, {}],
)
def wafv2_webacl_rate_based_rule(acl: ConfigurationItem) -> Verdict:
    """Web ACLs limit how often one address asks.

    By a rule that does more than count.
    """

    def limits(rule: Attributes) -> bool:
        return all_of([rule.has("Statement.RateBasedStatement"), none_of([does(rule, "Count")])])

    return compliant_if(any_of(acl.objects(RULES), limits), otherwise="no rate-based rule that limits")


@check(
    "AWS::WAFv2::WebACL",
    best_practices={"SEC05-BP02": "an internal application answers every address"},
    effort="S",
    severity="medium",
    collector="web-acls",
    fix="Allow the addresses of an IP set, and block the rest.",
    compliant=[
        {"tags.Audience": "internal", RULES: [LIST], DEFAULT: {"Block": {}}},
        {"tags.Audience": "internal", RULES: [REST], DEFAULT: {"Allow": {}}},
    ],
    non_compliant=[
        {"tags.Audience": "internal", RULES: [LIST], DEFAULT: {"Allow": {}}},
        {"tags.Audience": "internal", RULES: [RATE], DEFAULT: {"Block": {}}},
        {"tags.Audience": "internal"},
    ],
    not_applicable=[{RULES: [RATE]}, {}],
)
def wafv2_webacl_ip_allow_list(acl: ConfigurationItem) -> Verdict:
    """Web ACLs of internal applications know the addresses that may ask.

    Only where the tag Audience says `internal`. Either what is not in an IP set is blocked, or an IP set is allowed and
    all else blocked by default.
    """
    if acl.tag("Audience") != "internal":
        return NOT_APPLICABLE
    closed = does(acl, "Block", of=DEFAULT)

    def guards(rule: Attributes) -> bool:
        them, others = (
            rule.has(f"Statement.{path}IPSetReferenceStatement") for path in ("", "NotStatement.Statement.")
        )
        return any_of([all_of([closed, them, does(rule, "Allow")]), all_of([others, does(rule, "Block")])])

    return compliant_if(any_of(acl.objects(RULES), guards), otherwise="no rule keeps to an IP set")


def lift(acl: TemplateResource) -> dict[str, Any]:
    """A web ACL with its rules, as the API would answer."""
    found = {name: acl.properties.get(name) for name in ("DefaultAction", "Rules")}
    return {
        "configuration": {"name": acl.properties.get("Name", acl.logical_id)},
        "supplementaryConfiguration": {"wafv2": {"GetWebACL": {"WebACL": found}}},
    }
