"""EventBridge: which events reach which targets. moto keeps buses, rules and archives; it does not deliver."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventPattern, events_backends

from local_aws.calls import AwsError, Calls, Place
from local_aws.lambda_service import Functions, Undelivered
from local_aws.permissions import Permissions

SERVICE = "events.amazonaws.com"
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: the entries of a request are less than
# 1 MB in all. There is no other limit for an entry.
MOST_ENTRIES, TOO_MANY_BYTES = 10, 1024 * 1024


@dataclass
class Events:
    """The buses of the account."""

    place: Place
    calls: Calls
    permissions: Permissions
    functions: Functions
    failing_entries: list[str] = field(default_factory=list)  # error codes for the next entries of PutEvents

    def __post_init__(self) -> None:
        self.calls.answers |= {"events.PutEvents": self._put_events, "events.StartReplay": self._start_replay}

    @property
    def _backend(self) -> Any:
        return events_backends[self.place.account][self.place.region]

    def _put_events(self, request: Mapping[str, Any]) -> dict[str, Any]:
        entries = request["Entries"]
        if len(entries) > MOST_ENTRIES:
            raise AwsError("ValidationException", f"Entries: at most {MOST_ENTRIES} members, these are {len(entries)}")
        if sum(map(_size, entries)) >= TOO_MANY_BYTES:
            raise AwsError("ValidationException", "Total size of the entries in the request is over the limit.")
        results = [self._put(entry) for entry in entries]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put(self, entry: Mapping[str, Any]) -> dict[str, str]:
        for name in ("Source", "DetailType", "Detail"):
            if not entry.get(name):
                message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
        if entry["Source"].startswith("aws."):
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
        if self.failing_entries:
            return {"ErrorCode": self.failing_entries.pop(0), "ErrorMessage": "a test requested this failure"}
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        event = self.event(entry["Source"], entry["DetailType"], detail, entry.get("Resources", []), entry.get("Time"))
        self.send(str(entry.get("EventBusName", "default")), event)
        return {"EventId": event["id"]}

    def event(
        self, source: str, detail_type: str, detail: Any, resources: list[str], time: datetime | None = None
    ) -> dict[str, Any]:
        """An event as its targets see it."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self.place.account,
            "time": (time or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.place.region,
            "resources": resources,
            "detail": detail,
        }

    def send(self, bus_name: str, event: dict[str, Any]) -> None:
        """Match an event with the rules of one bus, and deliver it; a bus that does not exist loses it."""
        bus = self._backend.event_buses.get(bus_name.rpartition("/")[2])
        if bus is None:
            self.functions.undelivered.append(Undelivered(event["source"], bus_name, "no such event bus", event))
            return
        if "replay-name" not in event:
            for archive in self._backend.archives.values():
                if archive.event_bus_name == bus.name and archive.event_pattern.matches_event(event):
                    archive.events.append(event)
        for rule in list(bus.rules.values()):
            pattern: EventPattern = rule.event_pattern
            listens = rule.state.startswith("ENABLED") and not rule.managed_by and pattern.get_pattern()
            if listens and pattern.matches_event(event):
                self.deliver(rule, event)

    def fire_schedules(self) -> None:
        """Run every enabled EventBridge rule that has a schedule, once."""
        for bus in self._backend.event_buses.values():
            for rule in list(bus.rules.values()):
                if rule.scheduled_expression and rule.state.startswith("ENABLED"):
                    self.deliver(rule, self.event("aws.events", "Scheduled Event", {}, [rule.arn]))

    def deliver(self, rule: Any, event: dict[str, Any]) -> None:
        """Hand an event to every target of a rule, or to the target's dead-letter queue."""
        for target in rule.targets:
            reason = self._send_to(target["Arn"], rule.arn, _input(target, event, rule), target)
            if reason is None:
                continue
            dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
            if dead_letters is None or self._send_to(dead_letters, rule.arn, event, {}):
                self.functions.undelivered.append(Undelivered(rule.arn, target["Arn"], reason, event))

    def _send_to(self, arn: str, rule_arn: str, body: Any, target: Mapping[str, Any]) -> str | None:
        """Send to one target; the reason if it cannot be."""
        service = arn.split(":")[2]
        text = body if isinstance(body, str) else json.dumps(body)
        if service == "lambda":
            function = self.functions.find(arn)
            if function is None or not self.functions.may_invoke(arn, SERVICE, rule_arn):
                return "no such function" if function is None else f"no permission for {SERVICE} from {rule_arn}"
            self.functions.enqueue(function.name, body)
            return None
        if service == "events":
            self.send(arn, body)
            return None
        if service not in {"sqs", "sns"}:
            raise NotImplementedError(f"the local AWS has no EventBridge targets of {service}: {arn}")
        action = "sqs:SendMessage" if service == "sqs" else "sns:Publish"
        reason = self.permissions.service_may(SERVICE, action, arn, rule_arn)
        if reason is None:
            client = self.calls.client(service)
            if service == "sqs":
                extra = (
                    {"MessageGroupId": group}
                    if (group := target.get("SqsParameters", {}).get("MessageGroupId"))
                    else {}
                )
                client.send_message(QueueUrl=self.place.queue_url(arn), MessageBody=text, **extra)
            else:
                client.publish(TopicArn=arn, Message=text)
        return reason

    def replay(self, archive_name: str, start: datetime | None = None, end: datetime | None = None) -> str:
        """Send an archive's events to the bus again, as EventBridge marks them; the replay's name."""
        archive = self._backend.archives[archive_name]
        name = f"replay-{uuid.uuid4()}"
        for event in list(archive.events):
            time = datetime.fromisoformat(event["time"])
            if (start is None or time >= start) and (end is None or time < end):
                self.send(archive.event_bus_name, event | {"replay-name": name})
        return name

    def _start_replay(self, request: Mapping[str, Any]) -> dict[str, Any]:
        archive = request["EventSourceArn"].rpartition("/")[2]
        name = self.replay(archive, request["EventStartTime"], request["EventEndTime"])
        arn = self.place.arn("events", f"replay/{name}")
        return {"ReplayArn": arn, "State": "STARTING", "ReplayStartTime": datetime.now(UTC)}


def _size(entry: Mapping[str, Any]) -> int:
    texts = [entry.get("Source", ""), entry.get("DetailType", ""), entry.get("Detail", ""), *entry.get("Resources", [])]
    return (14 if "Time" in entry else 0) + sum(len(text.encode()) for text in texts)


def _at(path: str, event: Any) -> Any:
    """What a JSONPath of the kind `$.a.b` leads to."""
    for part in filter(None, path.removeprefix("$").split(".")):
        event = event.get(part) if isinstance(event, dict) else None
    return event


def _input(target: Mapping[str, Any], event: dict[str, Any], rule: Any) -> Any:
    """What a target receives: the event, a part of it, a constant, or a template filled from it."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _at(target["InputPath"], event)
    if "InputTransformer" not in target:
        return event
    transformer = target["InputTransformer"]
    values = {name: _at(path, event) for name, path in transformer.get("InputPathsMap", {}).items()} | {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"}
        | {"detail": event["detail"]},
        "aws.events.event.json": event,
        "aws.events.event.ingestion-time": event["time"],
    }
    template: str = transformer["InputTemplate"]

    def fill(found: re.Match[str]) -> str:
        value = values.get(found[1])
        inside_string = template[: found.start()].replace('\\"', "").count('"') % 2 == 1
        return str(value) if inside_string and isinstance(value, str) else json.dumps(value)

    filled = re.sub(r"<([\w.\-]+)>", fill, template)
    try:
        return json.loads(filled)
    except ValueError:
        return filled  # a template may be plain text
