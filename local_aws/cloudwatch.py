"""CloudWatch: metrics out of function logs, and alarms that move."""

import ast
import json
import operator
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import logs_backends
from moto.sqs.models import sqs_backends

from local_aws.calls import AwsError, Calls, Place
from local_aws.lambda_service import Function, Functions, Undelivered
from local_aws.permissions import Permissions

SERVICE = "cloudwatch.amazonaws.com"
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}
FILTER_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def embedded_metrics(line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The data points of a log line in the embedded metric format, each with its namespace."""
    if '"_aws"' not in line:
        return
    try:
        document = json.loads(line)
    except ValueError:
        return
    moment = _moto_time(datetime.fromtimestamp(document["_aws"]["Timestamp"] / 1000, UTC))
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"] or [[]]:
            dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
            for metric in directive["Metrics"]:
                point = {"MetricName": metric["Name"], "Dimensions": dimensions, "Unit": metric.get("Unit", "None")}
                given = document[metric["Name"]]
                for value in given if isinstance(given, list) else [given]:
                    yield directive["Namespace"], point | {"Timestamp": moment, "Value": float(value)}


def filter_matches(pattern: str, line: str) -> bool:
    """Whether a log line matches a metric filter: a JSON comparison (joined by && or ||), or terms."""
    pattern = pattern.strip()
    if not pattern.startswith("{"):
        terms = re.findall(r'([-?]?)(?:"([^"]*)"|(\S+))', pattern)
        optional = [quoted or bare for sign, quoted, bare in terms if sign == "?"]
        return (not optional or any(term in line for term in optional)) and all(
            ((quoted or bare) in line) == (sign != "-") for sign, quoted, bare in terms if sign != "?"
        )
    try:
        document = json.loads(line)
    except ValueError:
        return False
    either = pattern.strip("{} ").split("||")
    return any(all(_compares(part.strip("() "), document) for part in each.split("&&")) for each in either)


def _compares(comparison: str, document: Any) -> bool:
    found = re.fullmatch(r"\$\.([\w.\-]+)\s*(!=|>=|<=|=|>|<)\s*(\S.*)", comparison)
    if found is None:
        raise NotImplementedError(f"the local AWS cannot evaluate the filter pattern {comparison}")
    for part in found[1].split("."):
        document = document.get(part) if isinstance(document, dict) else None
    text = found[3].strip('"')
    wanted: Any = float(text) if isinstance(document, (int, float)) and not isinstance(document, bool) else text
    given = str(document).lower() if isinstance(document, bool) else document
    return given is not None and FILTER_COMPARISONS[found[2]](given, wanted)


@dataclass
class CloudWatch:
    """Metrics, log filters and alarms; moto keeps the data."""

    place: Place
    calls: Calls
    permissions: Permissions
    functions: Functions
    composites: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls.answers |= {
            "cloudwatch.PutCompositeAlarm": self._put_composite_alarm,
            "cloudwatch.DescribeAlarms": self._describe_alarms,
            "cloudwatch.DeleteAlarms": self._delete_alarms,
        }

    def put(self, namespace: str, *points: dict[str, Any]) -> None:
        """Store data points."""
        now = {"Timestamp": _moto_time(datetime.now(UTC))}
        data = [now | point for point in points]
        cloudwatch_backends[self.place.account][self.place.region].put_metric_data(namespace, data)

    def on_log(self, function: Function, log: str, failed: bool) -> None:
        """A function has run: count it, and read its log if its role may write one."""
        dimensions = [{"Name": "FunctionName", "Value": function.name}]
        counts = {"Invocations": 1.0, "Errors": float(failed)}
        self.put("AWS/Lambda", *({"MetricName": n, "Dimensions": dimensions, "Value": v} for n, v in counts.items()))
        request = {"logGroupName": function.log_group, "logStreamName": "local"}
        try:
            self.permissions.authorise(function.role, function.name, "logs.PutLogEvents", request)
        except AwsError as error:
            self.functions.undelivered.append(Undelivered(function.name, function.log_group, error.message, log))
            return
        filters = [
            each
            for each in logs_backends[self.place.account][self.place.region].filters.metric_filters
            if each["logGroupName"] == function.log_group
        ]
        for line in log.splitlines():
            for namespace, point in embedded_metrics(line):
                self.put(namespace, point)
            for each in filters:
                if filter_matches(each["filterPattern"], line):
                    self._count(each["metricTransformations"], line)

    def _count(self, transformations: Iterable[Mapping[str, Any]], line: str) -> None:
        for each in transformations:
            value = each["metricValue"]
            number = json.loads(line)[value.removeprefix("$.")] if value.startswith("$.") else value
            self.put(each["metricNamespace"], {"MetricName": each["metricName"], "Value": float(number)})

    def evaluate_alarms(self) -> dict[str, str]:
        """Evaluate every alarm once, run the actions of those that change, and answer all states by name."""
        for name, queue in sqs_backends[self.place.account][self.place.region].queues.items():
            visible = {"MetricName": "ApproximateNumberOfMessagesVisible", "Value": float(len(queue.messages))}
            self.put("AWS/SQS", visible | {"Dimensions": [{"Name": "QueueName", "Value": name}]})
        states = {}
        for alarm in self._metric_alarms():
            state, reason = self._state(alarm)
            states[alarm["AlarmName"]] = state
            if state != alarm["StateValue"]:
                self.calls.client("cloudwatch").set_alarm_state(
                    AlarmName=alarm["AlarmName"], StateValue=state, StateReason=reason
                )
                self._act(alarm, state, reason)
        for alarm in self.composites.values():
            state = "ALARM" if _rule_holds(alarm["AlarmRule"], states) else "OK"
            states[alarm["AlarmName"]] = state
            if state != alarm["StateValue"]:
                self._act(alarm, state, f"{alarm['AlarmRule']} is {state}")
                alarm["StateValue"] = state
        return states

    def _metric_alarms(self) -> list[dict[str, Any]]:
        answer = self.calls.moto("cloudwatch", "DescribeAlarms", {"MaxRecords": 100})
        return answer["MetricAlarms"]  # type: ignore[no-any-return]

    def _state(self, alarm: Mapping[str, Any]) -> tuple[str, str]:
        """M breaching periods out of the last N, with missing ones treated as the alarm says."""
        periods = alarm["EvaluationPeriods"]
        series = self._series(alarm, periods)
        missing = alarm.get("TreatMissingData") or "missing"
        if all(value is None for value in series) and missing in {"missing", "ignore"}:
            return ("INSUFFICIENT_DATA" if missing == "missing" else alarm["StateValue"]), "no data"
        breaches = COMPARISONS[alarm["ComparisonOperator"]]
        breaching = sum(
            missing == "breaching" if value is None else breaches(value, alarm["Threshold"]) for value in series
        )
        needed = alarm.get("DatapointsToAlarm") or periods
        reason = (
            f"{breaching} of the last {periods} datapoints {series} breach {alarm['Threshold']}, {needed} are needed"
        )
        return ("ALARM" if breaching >= needed else "OK"), reason

    def _series(self, alarm: Mapping[str, Any], periods: int) -> list[float | None]:
        """The alarm's values, latest period first."""
        if not alarm.get("Metrics"):
            return self._values(alarm, alarm["Statistic"], alarm["Period"], periods)
        known: dict[str, list[float | None]] = {}
        wanted = ""
        for query in alarm["Metrics"]:
            if query.get("ReturnData", True):
                wanted = query["Id"]
            if stat := query.get("MetricStat"):
                known[query["Id"]] = self._values(stat["Metric"], stat["Stat"], stat["Period"], periods)
        for query in alarm["Metrics"]:
            if "Expression" in query:
                known[query["Id"]] = [
                    _calculate(ast.parse(query["Expression"], mode="eval").body, {n: v[i] for n, v in known.items()})
                    for i in range(periods)
                ]
        return known[wanted]

    def _values(self, metric: Mapping[str, Any], statistic: str, period: int, periods: int) -> list[float | None]:
        wanted = {(each["Name"], each["Value"]) for each in metric.get("Dimensions", [])}
        now = time.time()
        found: list[list[float]] = [[] for _ in range(periods)]
        for point in cloudwatch_backends[self.place.account][self.place.region].metric_data:
            same = point.namespace == metric["Namespace"] and point.name == metric["MetricName"]
            if same and {(each.name, each.value) for each in point.dimensions} == wanted:
                age = int((now - point.timestamp.replace(tzinfo=UTC).timestamp()) // period)
                if age < periods:
                    found[max(age, 0)].append(point.value)
        return [STATISTICS[statistic](values) if values else None for values in found]

    def _act(self, alarm: Mapping[str, Any], state: str, reason: str) -> None:
        if not alarm.get("ActionsEnabled", True):
            return
        arn = self.place.arn("cloudwatch", f"alarm:{alarm['AlarmName']}")
        notice = {
            "AlarmName": alarm["AlarmName"],
            "AlarmDescription": alarm.get("AlarmDescription"),
            "AWSAccountId": self.place.account,
            "NewStateValue": state,
            "OldStateValue": alarm["StateValue"],
            "NewStateReason": reason,
            "StateChangeTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "Region": self.place.region,
            "AlarmArn": arn,
        }
        for target in alarm.get(ACTIONS[state]) or []:
            refused = (
                self.permissions.service_may(SERVICE, "sns:Publish", target, arn)
                if ":sns:" in target
                else "the local AWS runs alarm actions of SNS only"
            )
            if refused:
                self.functions.undelivered.append(Undelivered(arn, target, refused, notice))
            else:
                subject = f'{state}: "{alarm["AlarmName"]}"'[:100]
                self.calls.client("sns").publish(TopicArn=target, Subject=subject, Message=json.dumps(notice))

    def _put_composite_alarm(self, request: Mapping[str, Any]) -> dict[str, Any]:
        known = self.composites.get(request["AlarmName"], {"StateValue": "INSUFFICIENT_DATA"})
        arn = self.place.arn("cloudwatch", f"alarm:{request['AlarmName']}")
        kept = {key: value for key, value in request.items() if key != "Tags"}
        self.composites[request["AlarmName"]] = {"AlarmArn": arn, "StateValue": known["StateValue"]} | kept
        return {}

    def _describe_alarms(self, request: Mapping[str, Any]) -> dict[str, Any]:
        types = request.get("AlarmTypes", ["MetricAlarm"])
        names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix", "")
        answer: dict[str, Any] = {}
        if "MetricAlarm" in types:
            answer = self.calls.moto("cloudwatch", "DescribeAlarms", request)
            answer.pop("ResponseMetadata")
        if "CompositeAlarm" in types:
            answer["CompositeAlarms"] = [
                alarm
                for name, alarm in self.composites.items()
                if (names is None or name in names) and name.startswith(prefix)
            ]
        return answer

    def _delete_alarms(self, request: Mapping[str, Any]) -> dict[str, Any]:
        metric = [name for name in request["AlarmNames"] if self.composites.pop(name, None) is None]
        self.calls.moto("cloudwatch", "DeleteAlarms", {"AlarmNames": metric})
        return {}


def _moto_time(moment: datetime) -> datetime:
    """Moto keeps times in UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _rule_holds(rule: str, states: Mapping[str, str]) -> bool:
    """Whether a composite alarm's rule holds, such as ALARM(x) AND NOT OK("y")."""

    def state(found: re.Match[str]) -> str:
        return str(states.get(found[2].rpartition("alarm:")[2]) == found[1])

    text = re.sub(r'\b(ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+?)"?\s*\)', state, rule)
    for word, python in {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}.items():
        text = re.sub(rf"\b{word}\b", python, text)
    return bool(_calculate(ast.parse(" ".join(text.split()), mode="eval").body, {}))


_ARITHMETIC: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq,
    ast.Div: lambda left, right: left / right if right else None,
}  # fmt: skip


def _calculate(node: ast.AST, values: Mapping[str, float | None]) -> Any:
    """Arithmetic of metric math and logic of alarm rules; None where a value is missing or a divisor is zero."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.BoolOp):
        parts = (_calculate(part, values) for part in node.values)
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    if isinstance(node, ast.Call):
        return _call(node, values)
    op: ast.AST
    match node:
        case ast.UnaryOp():
            op, operands = node.op, [node.operand]
        case ast.BinOp():
            op, operands = node.op, [node.left, node.right]
        case ast.Compare(ops=[op]):
            operands = [node.left, *node.comparators]
        case _:
            raise NotImplementedError(f"the local AWS cannot calculate {ast.unparse(node)}")
    given = [_calculate(operand, values) for operand in operands]
    return None if None in given else _ARITHMETIC[type(op)](*given)


def _call(node: ast.Call, values: Mapping[str, float | None]) -> Any:
    match node:
        case ast.Call(func=ast.Name(id="FILL"), args=[value, default]):
            known = _calculate(value, values)
            return _calculate(default, values) if known is None else known
        case ast.Call(func=ast.Name(id="SUM"), args=[ast.Call(func=ast.Name(id="METRICS"), args=[])]):
            measured = [value for value in values.values() if value is not None]
            return sum(measured) if measured else None
        case ast.Call(func=ast.Name(id="MAX"), args=[ast.Call(func=ast.Name(id="METRICS"), args=[])]):
            return max((value for value in values.values() if value is not None), default=None)
        case ast.Call(func=ast.Name(id="IF"), args=[test, yes, no]):
            return _calculate(yes if _calculate(test, values) else no, values)
    raise NotImplementedError(f"the local AWS cannot calculate {ast.unparse(node)}")
