"""The rate at which collectors call AWS: at most half of the quota, which deployments and other tools share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE = 0.5


class Quota(NamedTuple):
    """The calls per second that AWS allows an account, in each Region of a regional service."""

    service: str  #: boto3's name
    operation: str  #: empty for all operations without a separate quota
    per_second: float


# The operations that collectors call once for each resource or page, if AWS publishes a rate.
QUOTAS = (
    # "The rate of lookup requests is limited to two per second, per account, per Region."
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    Quota("cloudtrail", "LookupEvents", 2),
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
    Quota("dynamodb", "ListBackups", 5),
    # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
    Quota("kinesis", "DescribeStreamSummary", 20),
    # All operations of the control plane together, except GetFunction and GetPolicy. It cannot be increased.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
    Quota("lambda", "", 15),
    # All operations together: the refill rate of the token bucket.
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
    Quota("route53", "", 10),
    # https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    Quota("sns", "ListSubscriptionsByTopic", 30),
    # https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
    Quota("wafv2", "GetWebACLForResource", 1),
)


class Pace:
    """Delays calls that would exceed the rate.

    Register :meth:`before_call` with the clients that share the quota.

    Args:
        clock: returns the time in seconds since any start.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._quotas = {(quota.service, quota.operation): quota for quota in QUOTAS}
        self._next: dict[Quota, float] = {}  #: when the next call may begin

    def before_call(self, model: Any, **_: Any) -> None:
        """Wait until the rate allows the call. A handler of botocore's event ``before-call``."""
        service = model.service_model.service_name
        quota = self._quotas.get((service, model.name)) or self._quotas.get((service, ""))
        if quota is None:
            return
        now = self._clock()
        begins = max(now, self._next.get(quota, now))
        self._next[quota] = begins + 1 / (quota.per_second * SHARE)
        if begins > now:
            self._sleep(begins - now)
