"""SNS topics. AWS Config records GetTopicAttributes: CloudFormation's names, with policies as JSON text."""

from collections.abc import Sequence
from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    contains,
    listed,
)
from pillarwatch.template_resource import TemplateResource, elements, merged_statements
from rules.checks.shared.alarms import ALARM
from rules.checks.shared.resource_policies import (
    ANY_ORGANIZATION,
    ANY_PRINCIPAL,
    ONE_ACCOUNT,
    ONE_ORGANIZATION,
    no_public_access,
)
from rules.checks.shared.tags import required_tags, resource_managed_by_iac

KEY = "configuration.KmsMasterKeyId"
POLICY = "configuration.Policy"


SUBSCRIPTIONS = "supplementaryConfiguration.sns.ListSubscriptionsByTopic.Subscriptions"


@check(
    "AWS::SNS::Topic",
    best_practices={
        "SEC03-BP07": "the resource policy allows any principal",
        "SEC08-BP04": "access to the messages is not limited to known principals",
    },
    managed_rule="SNS_TOPIC_NO_PUBLIC_ACCESS",
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name principals in the topic policy, or add a condition on their account or organization.",
    compliant=[{POLICY: ONE_ACCOUNT}, {POLICY: ONE_ORGANIZATION}, {}],
    non_compliant=[{POLICY: ANY_PRINCIPAL}, {POLICY: ANY_ORGANIZATION}],
)
def sns_topic_no_public_access(topic: ConfigurationItem) -> Verdict:
    """SNS topics have no policy that allows any principal.

    A policy that allows any principal lets other AWS accounts publish to the topic or receive its messages.
    """
    return no_public_access(topic, POLICY)


@check(
    "AWS::SNS::Topic",
    best_practices={"SEC08-BP02": "messages are stored unencrypted"},
    managed_rule="SNS_ENCRYPTED_KMS",
    automation="AWSConfigRemediation-EncryptSNSTopic",
    effort="S",
    severity="medium",
    fix="Set KmsMasterKeyId. AWS services that publish to the topic need permission in the key policy.",
    compliant=[{KEY: "alias/aws/sns"}],
    non_compliant=[{KEY: ""}, {}],
)
def sns_encrypted_kms(topic: ConfigurationItem) -> Verdict:
    """SNS topics are encrypted with a KMS key.

    Without a KMS key, SNS does not use server-side encryption for the messages of a topic.
    """
    return compliant_if(topic.has(KEY), otherwise="KmsMasterKeyId is not set (expected a KMS key)")


@check(
    "AWS::SNS::Topic",
    best_practices={
        "OPS10-BP04": "alarms on the topic notify no one",
        "REL06-BP03": "the topic of the alarms has no confirmed subscriber",
        "REL11-BP06": "alarms on availability are not delivered",
    },
    effort="S",
    collector="topics",
    fix="Add a subscription of the on-call team or tool to the topic, and confirm the subscription.",
    compliant=[{f"related.{ALARM}": [{"resourceId": "errors"}], "configuration.SubscriptionsConfirmed": "1"}],
    non_compliant=[
        {f"related.{ALARM}": [{"resourceId": "errors"}], "configuration.SubscriptionsConfirmed": "0"},
        {f"related.{ALARM}": [{"resourceId": "errors"}]},
    ],
    not_applicable=[{f"related.{ALARM}": []}],
    live=True,
)
def sns_alarm_topic_has_confirmed_subscription(topic: ConfigurationItem) -> Verdict:
    """SNS topics of alarms have a confirmed subscription.

    An unconfirmed subscription receives no messages, so the alarms of an incident notify no one.
    """
    if not topic.related(ALARM):
        return NOT_APPLICABLE
    confirmed = topic.number("configuration.SubscriptionsConfirmed")
    return compliant_if(confirmed > 0, otherwise=f"SubscriptionsConfirmed is {confirmed} (expected 1 or more)")


@check(
    "AWS::SNS::Topic",
    best_practices={
        "OPS10-BP04": "alarms do not reach the on-call engineer",
        "OPS08-BP04": "alarms are sent to a mailbox only",
    },
    effort="S",
    collector="topics",
    fix="Add a subscription with Protocol https (an on-call tool), sms, application or lambda to the topic.",
    compliant=[{f"related.{ALARM}": [{"resourceId": "errors"}], SUBSCRIPTIONS: [{"Protocol": "https"}]}],
    non_compliant=[
        {f"related.{ALARM}": [{"resourceId": "errors"}], SUBSCRIPTIONS: [{"Protocol": "email"}]},
        {f"related.{ALARM}": [{"resourceId": "errors"}], SUBSCRIPTIONS: []},
    ],
    not_applicable=[{f"related.{ALARM}": [], SUBSCRIPTIONS: []}],
)
def alert_routing_to_on_call_configured(
    topic: ConfigurationItem, *, protocols: Sequence[str] = ("https", "sms", "application", "lambda")
) -> Verdict:
    """SNS topics of alarms have an on-call subscription.

    Alarms that are sent only by email are read too late at night and on weekends. On-call and chat tools subscribe with
    the protocol https.
    """
    if not topic.related(ALARM):
        return NOT_APPLICABLE
    found = topic.texts(f"{SUBSCRIPTIONS}.Protocol")
    on_call = any_of(found, lambda protocol: contains(protocols, protocol))
    expected = f"expected {' or '.join(protocols)}"
    return compliant_if(on_call, otherwise=f"Protocol of subscriptions is {listed(found) or 'none'} ({expected})")


def related(topic: TemplateResource) -> dict[str, Sequence[TemplateResource]]:
    """The alarms and composite alarms of a template that publish to the topic."""
    composite = topic.attached("AWS::CloudWatch::CompositeAlarm", "AlarmActions")
    return {ALARM: [*topic.attached(ALARM, "AlarmActions"), *composite]}


def to_configuration_item(topic: TemplateResource) -> dict[str, Any]:
    """A template's topic with its policy and its subscriptions."""
    subscriptions = [each.properties for each in topic.attached("AWS::SNS::Subscription", "TopicArn")]
    policies = [
        *topic.attached("AWS::SNS::TopicPolicy", "Topics"),
        *topic.attached("AWS::SNS::TopicInlinePolicy", "TopicArn"),
    ]
    return {
        "supplementaryConfiguration": {
            "sns": {
                "ListSubscriptionsByTopic": {
                    "Subscriptions": [*elements(topic.properties.get("Subscription")), *subscriptions]
                }
            }
        },
        "configuration": {
            **topic.properties,
            "Policy": merged_statements([policy.properties.get("PolicyDocument") for policy in policies]),
        },
    }
