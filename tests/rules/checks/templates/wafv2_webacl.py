"""Templates of wafv2_webacl."""

from typing import Any

from tests.rules.checks.templates import Case

TAGGED = {"sqli-rule-set": ("Database", "sql"), "ip-allow-list": ("Audience", "internal")}


def acl(check: str, **statement: Any) -> dict[str, Any]:
    tags = [{"Key": TAGGED[check][0], "Value": TAGGED[check][1]}] if check in TAGGED else []
    rule = {"Name": "rule", "Priority": 0, "Action": {"Block": {}}, "Statement": statement}
    return {"Rules": [rule] if statement else [], "Tags": tags}


def group(name: str) -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}


STATEMENTS: dict[str, dict[str, Any]] = {
    "not-empty": group("any"),
    "core-rule-set": group("AWSManagedRulesCommonRuleSet"),
    "known-bad-inputs-rule-set": group("AWSManagedRulesKnownBadInputsRuleSet"),
    "sqli-rule-set": group("AWSManagedRulesSQLiRuleSet"),
    "rate-based-rule": {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}},
    "ip-allow-list": {"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": "arn"}}}},
}
CASES: list[Case] = [
    *((f"wafv2-webacl-{check}", "COMPLIANT", acl(check, **found), {}) for check, found in STATEMENTS.items()),
    *((f"wafv2-webacl-{check}", "NON_COMPLIANT", acl(check), {}) for check in STATEMENTS),
    (
        "wafv2-webacl-ip-allow-list",
        "COMPLIANT",
        {
            **acl("ip-allow-list"),
            "DefaultAction": {"Block": {}},
            "Rules": [{"Action": {"Allow": {}}, "Statement": {"IPSetReferenceStatement": {"Arn": "arn"}}}],
        },
        {},
    ),
]
