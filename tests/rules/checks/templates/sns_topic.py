"""Templates of sns_topic."""

from typing import Any

from tests.rules.checks.templates import Case, other

ALARM = other("AWS::CloudWatch::Alarm", AlarmActions=[{"Ref": "Main"}])

OWN = {"AWS": {"Ref": "AWS::AccountId"}}


def allowed(principal: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}]}


CASES: list[Case] = [
    (
        "sns-topic-no-public-access",
        "NON_COMPLIANT",
        {},
        {"Open": other("AWS::SNS::TopicPolicy", Topics=[{"Ref": "Main"}], PolicyDocument=allowed("*"))},
    ),
    (
        "sns-topic-no-public-access",
        "COMPLIANT",
        {},
        {"Own": other("AWS::SNS::TopicPolicy", Topics=[{"Ref": "Main"}], PolicyDocument=allowed(OWN))},
    ),
    (
        "sns-topic-no-public-access",
        "NON_COMPLIANT",
        {},
        {"Open": other("AWS::SNS::TopicInlinePolicy", TopicArn={"Ref": "Main"}, PolicyDocument=allowed("*"))},
    ),
    (
        "sns-topic-no-public-access",
        "COMPLIANT",
        {},
        {"Own": other("AWS::SNS::TopicInlinePolicy", TopicArn={"Ref": "Main"}, PolicyDocument=allowed(OWN))},
    ),
    (
        "sns-topic-no-public-access",
        "INSUFFICIENT_DATA",
        {},
        {
            "Own": other(
                "AWS::SNS::TopicPolicy",
                Topics=[{"Ref": "Main"}],
                PolicyDocument={"Fn::Sub": '{"Statement": [${AWS::StackName}]}'},
            )
        },
    ),
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
