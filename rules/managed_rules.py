"""AWS's managed rules that run in the account already, those of conformance packs included, count too.

AWS Config puts "Config Rules Compliance Change" on the default bus; results that do not change are read once a day. A
rule is known by its source identifier, since its name is free: a conformance pack appends a suffix. The checks that
have this identifier as ``managed_rule`` get the verdict, from the source ``config-rule:<rule name>``; where our own
evaluation has one, that one counts.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from pillarwatch import ACCOUNT, ConfigurationItem
from pillarwatch.check import ANNOTATION_LIMIT, COMPLIANT, Verdict, shortened
from pillarwatch.evaluation import CONFIG_RULE, Judgement, resource_evaluated
from pillarwatch.settings import packaged_settings
from rules.catalogue import all_checks, digest_of
from rules.collectors import all_collectors
from rules.config_rule import client, status_of
from rules.publishing import RULE_RETIRED, publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pillarwatch import Check

COMPLIANCE_CHANGED = "Config Rules Compliance Change"
RULE_DELETED = "AWS API Call via CloudTrail"
SCHEDULED = "Scheduled Event"  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
RESULTS = "Results of Managed Rule"  # our own, on the way through the queue
RESULTS_AT_ONCE = 50  # of 100; each takes a call, and a batch has ten messages
logger = logging.getLogger("pillarwatch")


class MalformedEvent(Exception):
    """The message is none of the events that the queue is for."""


def on_managed_rules(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Publish what managed rules say; the handler of ManagedRulesFunction.

    A message that cannot be read, or whose verdicts are not published, is reported as a batch item failure.
    """
    failed = []
    for record in event["Records"]:
        try:
            _handle(json.loads(record["body"]))
        except Exception:
            logger.exception("message %s is not published", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def checks_of_rule(identifier: str, resource_type: str) -> list[Check]:
    """The checks of a resource type that have the intent of a managed rule, named by its source identifier."""
    return [check for check in _checks().get(identifier, ()) if resource_type in check.resource_types]


def _handle(event: Mapping[str, Any]) -> None:
    kind, account, region, detail = event.get("detail-type"), event["account"], event["region"], event["detail"]
    if kind == RULE_DELETED:
        at = datetime.fromisoformat(detail["eventTime"]) + timedelta(seconds=1)  # CloudTrail cuts it to seconds
        _retire(account, region, detail["requestParameters"]["configRuleName"], at)
    elif kind == COMPLIANCE_CHANGED:
        name, at = detail["configRuleName"], datetime.fromisoformat(detail["notificationCreationTime"])
        identifier = _identifier(region, name, detail["configRuleARN"])
        if identifier is None:
            _retire(account, region, name, at)
        else:
            found = _result(detail["newEvaluationResult"])
            _publish(account, region, found, checks_of_rule(identifier, found.resource_type))
    elif kind == SCHEDULED:
        _list_rules(account, region)
    elif kind == RESULTS:
        _publish_page(account, region, detail)
    else:
        raise MalformedEvent(f"detail-type is {kind!r}")


class Result(NamedTuple):
    """What a rule says of a resource."""

    rule: str
    resource_type: str
    resource_id: str
    compliance: str
    annotation: str
    captured_at: datetime
    recorded_at: datetime


def _result(found: Mapping[str, Any]) -> Result:
    """The result in an event, or in an answer of the API, whose keys begin with capital letters."""
    known = {key[0].lower() + key[1:]: value for key, value in found.items()}
    identifier = {key[0].lower() + key[1:]: value for key, value in known["evaluationResultIdentifier"].items()}
    of = {key[0].lower() + key[1:]: value for key, value in identifier["evaluationResultQualifier"].items()}
    captured_at, recorded_at = (
        time if isinstance(time, datetime) else datetime.fromisoformat(time)
        for time in (identifier["orderingTimestamp"], known["resultRecordedTime"])
    )
    names = (of["configRuleName"], of["resourceType"], of["resourceId"], known["complianceType"])
    return Result(*names, known.get("annotation") or "", captured_at.astimezone(UTC), recorded_at.astimezone(UTC))


def _list_rules(account: str, region: str) -> None:
    """Have the results of each rule read that none of our own rules covers: those from before the deployment."""
    pages = client("config", region).get_paginator("describe_config_rules").paginate()
    for rule in (rule for page in pages for rule in page["ConfigRules"]):
        source = rule["Source"]
        if source["Owner"] == "AWS" and source["SourceIdentifier"] in _checks():
            of = {"rule": rule["ConfigRuleName"], "identifier": source["SourceIdentifier"], "after": ""}
            _send(account, region, of)


def _publish_page(account: str, region: str, of: Mapping[str, str]) -> None:
    """Publish a page of a rule's results, and send for the next one."""
    more = {"NextToken": of["after"]} if of["after"] else {}
    wanted = ["COMPLIANT", "NON_COMPLIANT"]
    config = client("config", region)
    try:
        page = config.get_compliance_details_by_config_rule(
            ConfigRuleName=of["rule"], ComplianceTypes=wanted, Limit=RESULTS_AT_ONCE, **more
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchConfigRuleException":
            raise
        return
    excluded = packaged_settings().excluded_types.get(region, ())
    for result in map(_result, page["EvaluationResults"]):
        checks = checks_of_rule(of["identifier"], result.resource_type)
        ours = [] if result.resource_type in excluded else [check for check in checks if not check.collector]
        _publish(account, region, result, [check for check in checks if check not in ours])
    if after := page.get("NextToken"):
        _send(account, region, {**of, "after": after})


def _send(account: str, region: str, of: Mapping[str, str]) -> None:
    body = {"detail-type": RESULTS, "account": account, "region": region, "detail": dict(of)}
    client("sqs", region).send_message(QueueUrl=os.environ["MANAGED_RULES_QUEUE_URL"], MessageBody=json.dumps(body))


def _publish(account: str, region: str, result: Result, checks: Sequence[Check]) -> None:
    """Publish a result as the evaluation of checks; the same result is always the same evaluation."""
    settings, verdict = packaged_settings(), _verdict(result)
    for counted, item in _items(account, region, result, checks):
        captured = result.captured_at.isoformat(timespec="milliseconds")
        judged = ConfigurationItem({**item, "configurationItemCaptureTime": captured}, judged_at=result.recorded_at)
        scope = settings.scope(judged)
        judgements = []
        # A rule says NOT_APPLICABLE also of a resource that is deleted: without a verdict it is not counted.
        for check in counted if result.compliance != "NOT_APPLICABLE" else ():
            if not settings.of(check, scope).off:
                waiver = settings.waiver(check, judged) if verdict.compliance == "NON_COMPLIANT" else None
                judgements.append(Judgement(check, verdict, waiver))
        evaluation = resource_evaluated(
            judged,
            judgements,
            settings,
            source=f"{CONFIG_RULE}{result.rule}",
            catalogue=digest_of(result.resource_type),
            evaluated_at=result.recorded_at,
        )
        number = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, (account, region, *result, judged.region))))
        publish(client("events", region), [{**evaluation, "evaluation_id": str(number)}])


def _verdict(result: Result) -> Verdict:
    """What a rule says; a word that we do not know is INSUFFICIENT_DATA."""
    word = result.compliance
    if word == "COMPLIANT":
        return COMPLIANT
    said = result.annotation or f"AWS Config rule {result.rule} evaluated the resource as {word}."
    return Verdict(
        "NON_COMPLIANT" if word == "NON_COMPLIANT" else "INSUFFICIENT_DATA", shortened(said, ANNOTATION_LIMIT)
    )


def _items(
    account: str, region: str, result: Result, checks: Sequence[Check]
) -> Iterator[tuple[list[Check], Mapping[str, Any]]]:
    """The item of a resource, with the checks that are counted on it: none of a resource that is not there.

    The account itself has no item. Our collectors evaluate it in their Region, or in "global": there are two resources.
    """
    resource_type, resource_id = result.resource_type, result.resource_id
    if not checks:
        return
    if resource_type == ACCOUNT:
        collectors = all_collectors()
        places = {check: collectors[check.collector].region or region for check in checks if check.collector}
        for place in sorted(set(places.values())):
            item = {"awsAccountId": account, "awsRegion": place, "resourceType": ACCOUNT, "resourceId": resource_id}
            yield [check for check in checks if places.get(check) == place], {**item, "tags": {}}
        return
    config = client("config", region)
    try:
        found = config.get_resource_config_history(resourceType=resource_type, resourceId=resource_id, limit=1)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotDiscoveredException":
            raise
        found = {"configurationItems": []}
    # Without an item its Region and tags are unknown, so it could be counted beside our own evaluation.
    for item in found["configurationItems"]:
        if status_of({}, item) == "ok":
            yield list(checks), item


def _identifier(region: str, name: str, arn: str) -> str | None:
    """The source identifier of a rule; empty if it is no managed rule, None if it does not exist any more."""
    known = _identifiers()
    if arn not in known:  # a rule that is created again under its name has another ARN
        try:
            (rule,) = client("config", region).describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchConfigRuleException":
                raise
            return None
        source = rule["Source"]
        known[arn] = source["SourceIdentifier"] if source["Owner"] == "AWS" else ""
    return known[arn]


@cache
def _identifiers() -> dict[str, str]:
    """The source identifiers that were looked up, by the rule's ARN: no rule changes its own."""
    return {}


def _retire(account: str, region: str, name: str, at: datetime) -> None:
    """Withdraw the verdicts of a rule that is deleted."""
    retired = {
        "version": "1",
        "retirement": f"{name}/{at.isoformat()}",
        "source": f"{CONFIG_RULE}{name}",
        "account": account,
        "region": region,
        "types": sorted({kind for checks in _checks().values() for check in checks for kind in check.resource_types}),
        "retired_at": at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    publish(client("events", os.environ["AWS_REGION"]), [retired], RULE_RETIRED)


@cache
def _checks() -> dict[str, list[Check]]:
    """The checks by the source identifier of the managed rule of the same intent."""
    found: dict[str, list[Check]] = {}
    for check in all_checks().values():
        if check.managed_rule:
            found.setdefault(check.managed_rule, []).append(check)
    return found
