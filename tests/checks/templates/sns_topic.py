"""Templates of sns_topic."""

from tests.checks.templates import Case, other

ALARM = other("AWS::CloudWatch::Alarm", AlarmActions=[{"Ref": "Main"}])

CASES: list[Case] = [
    ("sns-encrypted-kms", "COMPLIANT", {"KmsMasterKeyId": {"Ref": "Key"}}, {"Key": other("AWS::KMS::Key")}),
    (
        "alert-routing-to-on-call-configured",
        "COMPLIANT",
        {},
        {"Alarm": ALARM, "Pager": other("AWS::SNS::Subscription", TopicArn={"Ref": "Main"}, Protocol="https")},
    ),
    (
        "alert-routing-to-on-call-configured",
        "COMPLIANT",
        {"Subscription": [{"Protocol": "https"}]},
        {"Outage": other("AWS::CloudWatch::CompositeAlarm", AlarmActions=[{"Ref": "Main"}])},
    ),
    (
        "alert-routing-to-on-call-configured",
        "NON_COMPLIANT",
        {"Subscription": [{"Protocol": "email"}]},
        {"Alarm": ALARM},
    ),
]
