"""Rules of EventBridge: CloudFormation's shape, without their pattern."""

from pillarwatch import Attributes, ConfigurationItem, Verdict, check, compliant_if_all

TARGETS = "configuration.Targets"


@check(
    "AWS::Events::Rule",
    best_practices={
        "REL04-BP02": "an event whose target fails is lost",
        "REL05-BP03": "retries end in nothing",
    },
    effort="S",
    severity="medium",
    fix="Give every target a dead-letter queue.",
    compliant=[{TARGETS: [{"Id": "worker", "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:123456789012:failed"}}]}],
    non_compliant=[{TARGETS: [{"Id": "worker"}]}],
    not_applicable=[{}],
)
def eventbridge_rule_target_dlq_configured(rule: ConfigurationItem) -> Verdict:
    """EventBridge keeps the events that it could not deliver.

    It tries for a day, and then drops them unless the target names a dead-letter queue.
    """

    def keeps(target: Attributes) -> bool:
        return target.has("DeadLetterConfig.Arn")

    return compliant_if_all(rule.objects(TARGETS), keeps, "no dead-letter queue", named="Id")
