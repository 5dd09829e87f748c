"""The local AWS: moto, completed by what it lacks, deploys the real template and runs the product in this process.

It serves the demo and the tests without an AWS account. Nothing of it runs in Lambda. The commands and tests import it.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from moto import mock_aws

from local_aws import dynamodb, fresh_account, topics
from local_aws.calls import Answer, Calls, Fault, Killed, ModelViolation, Place
from local_aws.cloudwatch import CloudWatch
from local_aws.config_service import ConfigService, Recorder
from local_aws.deployer import Deployer, DeployError, Stack
from local_aws.events import Events
from local_aws.lambda_service import Functions, Invocation, Undelivered
from local_aws.managed_rules import ManagedRules
from local_aws.permissions import Permissions
from local_aws.pollers import NeverSettles, Pollers, quick_queues
from local_aws.refusals import REFUSALS
from local_aws.resources import MODELS

__all__ = ["DeployError", "Invocation", "Killed", "LocalAws", "ModelViolation", "NeverSettles", "Stack", "Undelivered"]

MOST_STEPS = 100_000


class LocalAws:
    """An AWS account and Region that live as long as the `with` statement."""

    def __init__(self, region: str = "eu-west-1", account: str = "123456789012") -> None:
        self.place = Place(account, region)
        self.permissions = Permissions(self.place)
        self.calls = Calls(self.place, self.permissions.authorise, refusals=REFUSALS)
        self.functions = Functions(self.place, self.calls, self.permissions)
        self.cloudwatch = CloudWatch(self.place, self.calls, self.permissions, self.functions)
        self.config = ConfigService(self.place, self.calls, self.functions)
        self.events = Events(self.place, self.calls, self.permissions, self.functions)
        self.managed_rules = ManagedRules(self.config, self.events)
        self.calls.answers |= fresh_account.ANSWERS
        self.functions.on_log = self.cloudwatch.on_log
        self.deployer = Deployer(self.place, self.calls, self.functions, MODELS)
        self.pollers = Pollers(self.place, self.calls, self.permissions, self.functions)

    def __enter__(self) -> Self:
        self._undo = ExitStack()
        self._undo.enter_context(mock_aws())
        self._lag = self._undo.enter_context(dynamodb.completed())
        for completion in (
            fresh_account.without_snapshots(),
            quick_queues(),
            topics.invoking(self.functions),
        ):
            self._undo.enter_context(completion)
        self._undo.enter_context(self.calls.active())
        self._undo.callback(self.deployer.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    @property
    def recorder(self) -> Recorder:
        """AWS Config's recorder."""
        return self.config.recorder

    @property
    def answers(self) -> dict[str, Answer]:
        """What is answered instead of moto: `aws.answers["ce.GetAnomalyMonitors"] = lambda request: {…}`."""
        return self.calls.answers

    @property
    def invocations(self) -> list[Invocation]:
        """Every invocation of a function, in order."""
        return self.functions.invocations

    @property
    def undelivered(self) -> list[Undelivered]:
        """Everything that did not arrive where it was sent, with the reason."""
        return self.functions.undelivered

    def deploy(
        self, template: Path, parameters: Mapping[str, str] | None = None, stack_name: str = "pillarwatch"
    ) -> Stack:
        """Create the stack, or update it if there is one of that name."""
        return self.deployer.deploy(template, parameters or {}, stack_name)

    def run_until_idle(self) -> None:
        """Run what waits, asynchronous invocations first and queues then, until nothing moves."""
        for _ in range(MOST_STEPS):
            if not self.functions.run_next() and not self.pollers.poll_all(self.deployer.mappings.values()):
                return
        raise NeverSettles(f"still moving after {MOST_STEPS} steps")

    def fire_schedules(self) -> None:
        """Fire every EventBridge schedule and every periodic Config rule, once."""
        self.config.fire_schedules()
        self.events.fire_schedules()

    def evaluate_alarms(self) -> dict[str, str]:
        """Evaluate every alarm once, run the actions of those that change; the states by alarm name."""
        return self.cloudwatch.evaluate_alarms()

    def replay(self, archive: str) -> None:
        """Send what an archive holds to its event bus again."""
        self.events.replay(archive)

    def lag_reads(self, *, reads: bool = False, indexes: bool = False) -> None:
        """Let DynamoDB's reads without ConsistentRead, or those of indexes, answer as of now, until `catch_up`."""
        self._lag.begin(reads=reads, indexes=indexes)

    def catch_up(self) -> None:
        """Let all of DynamoDB's reads answer as of their time again."""
        self._lag.end()

    def kill_next(
        self, *, service: str, operation: str, when: Literal["before", "after"] = "before", function: str | None = None
    ) -> None:
        """Kill the running function before or after its next such call, as its timeout would: its time is up."""
        self.calls.faults.append(Fault(service, operation, None, when, function))

    def fail_next(
        self, *, service: str, operation: str, code: str = "ThrottlingException", function: str | None = None
    ) -> None:
        """Answer the next such call with an error."""
        self.calls.faults.append(Fault(service, operation, code, "before", function))
