"""AWS's managed rules: a test says what they find, and the default bus has the events of AWS Config."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.config_service import ConfigService, Evaluation, Rule
from local_aws.events import Events


@dataclass
class ManagedRules:
    """The managed rules of the account."""

    config: ConfigService
    events: Events

    def put(self, name: str, identifier: str) -> None:
        """Create a rule. AWS Config gives each a new ARN."""
        place = self.config.place
        rule_id = place.config_rule_id(f"{name}/{len(self.config.rules)}/{datetime.now(UTC).isoformat()}")
        source = {"Owner": "AWS", "SourceIdentifier": identifier}
        definition = {"ConfigRuleName": name, "Source": source}
        self.config.rules[name] = Rule(rule_id, place.arn("config", f"config-rule/{rule_id}"), definition)

    def evaluate(self, name: str, resource_type: str, resource_id: str, compliance: str) -> None:
        """Keep a result, without an event, as one from before the deployment."""
        now, rule = datetime.now(UTC), self.config.rules[name]
        kept = Evaluation(compliance, None, now - timedelta(seconds=2), now)
        rule.evaluations[resource_type, resource_id], rule.invoked = kept, now

    def report(self, name: str, resource_type: str, resource_id: str, compliance: str) -> None:
        """Put the event of a new compliance on the default bus."""
        self.events.send("default", self.event(name, resource_type, resource_id, compliance))

    def event(self, name: str, resource_type: str, resource_id: str, compliance: str) -> dict[str, Any]:
        """The event of a new compliance.

        https://docs.aws.amazon.com/config/latest/developerguide/example-config-rule-compliance-notification.html
        """
        now, place = datetime.now(UTC), self.config.place
        qualifier = {"configRuleName": name, "resourceType": resource_type, "resourceId": resource_id}
        detail = {
            "resourceId": resource_id,
            "awsRegion": place.region,
            "awsAccountId": place.account,
            "configRuleName": name,
            "recordVersion": "1.0",
            "configRuleARN": self.config.rules[name].arn,
            "messageType": "ComplianceChangeNotification",
            "newEvaluationResult": {
                "evaluationResultIdentifier": {
                    "evaluationResultQualifier": qualifier,
                    "orderingTimestamp": _time(now - timedelta(seconds=2)),
                },
                "complianceType": compliance,
                "resultRecordedTime": _time(now),
                "configRuleInvokedTime": _time(now - timedelta(seconds=1)),
            },
            "notificationCreationTime": _time(now),
            "resourceType": resource_type,
        }
        return self.events.event("aws.config", "Config Rules Compliance Change", detail, [])

    def delete(self, name: str) -> None:
        """Delete a rule. CloudTrail reports the call; AWS Config itself puts no event on the bus."""
        del self.config.rules[name]
        place = self.config.place
        detail = {
            "eventVersion": "1.08",
            "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "config.amazonaws.com",
            "eventName": "DeleteConfigRule",
            "awsRegion": place.region,
            "requestParameters": {"configRuleName": name},
            "responseElements": None,
        }
        self.events.send("default", self.events.event("aws.config", "AWS API Call via CloudTrail", detail, []))


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
