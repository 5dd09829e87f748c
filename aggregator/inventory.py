"""The store and AWS Config agree on which resources there are; what differs is evaluated again or withdrawn.

Type by type, the resources that AWS Config has recorded are compared with those that the store knows from changes.
"Evaluation Requested" asks the evaluator for what is missing or older than its configuration item. What AWS Config no
longer has, or no longer records, is withdrawn, because a verdict that nothing renews would pass for ever. If the same
item is evaluated again, it counts again. What happened within the last hour is left alone, because evaluations are on
their way and the index of AWS Config lags. Without a recorder, nothing is withdrawn.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.alerting.alerts import NotAccepted
from aggregator.events import Evaluated, Resource, Version, family_of, moment
from aggregator.folding import fold
from pillarwatch.evaluation import CHANGE, EVALUATION_REQUESTED
from pillarwatch.revisions import revision_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from aggregator.states import State
    from aggregator.store import Store

VERSION = "1"
MARGIN = timedelta(hours=1)
NEXT = {"pk": "STORE", "sk": "INVENTORY"}
WITHDRAWN = "inventory-"  # begins the ids of withdrawals
MOST_IDS = 20  # in a request: some 10 seconds of the evaluator's time
AT_ONCE = 100  # states that are read together
FIELDS = "accountId, awsRegion, resourceId, configurationItemCaptureTime"


class Compared(NamedTuple):
    """What a comparison found, in resources."""

    recorded: int = 0
    missing: int = 0  #: the store does not know them
    stale: int = 0  #: evaluated from an older configuration item than AWS Config has
    gone: int = 0  #: AWS Config no longer has them
    unrecorded: tuple[str, ...] = ()  #: types of which the store has resources, and which are not recorded

    @property
    def drift(self) -> int:
        """How many resources differ."""
        return self.missing + self.stale + self.gone

    def __add__(self, other: object) -> Compared:
        """Both."""
        if not isinstance(other, Compared):
            return NotImplemented
        return Compared(
            self.recorded + other.recorded,
            self.missing + other.missing,
            self.stale + other.stale,
            self.gone + other.gone,
            (*self.unrecorded, *other.unrecorded),
        )


@dataclass
class Inventory:
    """The comparison of a deployment's store with AWS Config.

    Args:
        store: the table.
        config: boto3's client of AWS Config.
        account: the account's id.
        region: of AWS Config and the deployment.
        now: the time of the comparison.
        request: publishes the resources of a type that are to be evaluated; None to find differences only.
    """

    store: Store
    config: Any
    account: str
    region: str
    now: datetime
    request: Callable[[str, Sequence[str]], None] | None = None
    _recorded_types: Callable[[str], bool | None] | None = field(default=None, init=False)

    def compare(self, resource_type: str) -> Compared:
        """Compare and mend a type. It can be killed at any call: the next run finds what is left."""
        is_recorded = self._is_recorded(resource_type)
        if is_recorded is None:
            return Compared(unrecorded=(resource_type,) if any(self._known(resource_type)) else ())
        recorded = self._recorded(resource_type) if is_recorded else {}
        settled = (self.now - MARGIN).isoformat(timespec="microseconds")
        wanted = {family: max(revisions) for family, revisions in recorded.items()}  # the newest revision counts
        missing, stale, gone = set(wanted), set[Resource](), list[Evaluated]()
        for state in self._known(resource_type):
            family = state.resource
            gone += self._gone(state, recorded.get(family, {}), settled)
            if family in wanted and (said := _said(state, wanted[family])):
                missing.discard(family)
                if said.captured_at < recorded[family][wanted[family]] <= settled:
                    stale.add(family)
        missing = {family for family in missing if recorded[family][wanted[family]] <= settled}
        if self.request:
            ids = sorted(family.revision(wanted[family]).id for family in missing | stale)
            for first in range(0, len(ids), MOST_IDS):
                self.request(resource_type, ids[first : first + MOST_IDS])
            fold(self.store, {str(number): one for number, one in enumerate(gone)}, self.now)
        withdrawn = {one.resource for one in gone}
        unrecorded = (resource_type,) if withdrawn and not is_recorded else ()
        return Compared(len(wanted), len(missing), len(stale), len(withdrawn), unrecorded)

    def _is_recorded(self, resource_type: str) -> bool | None:
        """Whether the recorder records a type; None without a recorder."""
        if self._recorded_types is None:
            self._recorded_types = recorded_types(self.config.describe_configuration_recorders())
        return self._recorded_types(resource_type)

    def _recorded(self, resource_type: str) -> dict[Resource, dict[int, str]]:
        """What AWS Config has recorded: the capture times of the revisions of each resource."""
        found: dict[Resource, dict[int, str]] = {}
        expression = f"SELECT {FIELDS} WHERE resourceType = '{resource_type}'"
        token: dict[str, str] = {}
        while True:
            page = self.config.select_resource_config(Expression=expression, Limit=100, **token)
            for row in map(json.loads, page["Results"]):
                named = {"account": row["accountId"], "region": row["awsRegion"], "type": resource_type}
                revision = revision_of(resource_type, row["resourceId"])
                of = found.setdefault(family_of({**named, "id": row["resourceId"]}), {})
                of[revision.number] = moment(row["configurationItemCaptureTime"])
            if not page.get("NextToken"):
                return found
            token = {"NextToken": page["NextToken"]}

    def _known(self, resource_type: str) -> Iterator[State]:
        """The states of the Region's resources, and of those that have no Region."""
        found = (resource for _, resource in self.store.keys_of_states(self.account, resource_type))
        here = [resource for resource in found if resource.region in {self.region, "global"}]
        for first in range(0, len(here), AT_ONCE):
            for state, _ in self.store.states(here[first : first + AT_ONCE]).values():
                yield state

    def _gone(self, state: State, recorded: Mapping[int, str], settled: str) -> Iterator[Evaluated]:
        for number, known in state.revisions.items():
            said = known.sources.get(CHANGE)
            if said and said.verdicts and number not in recorded and said.version.evaluated_at < settled:
                last = said.version
                at = max(self.now.isoformat(timespec="microseconds"), last.evaluated_at)
                version = Version(last.captured_at, at, f"{WITHDRAWN}{last.evaluation_id}")
                yield Evaluated(state.resource, CHANGE, False, said._replace(version=version, verdicts={}, values=""))


def _said(state: State, revision: int) -> Version | None:
    """The evaluation of a revision from its configuration item; None if there is none, or it was withdrawn here."""
    known = state.revisions.get(revision)
    said = known.sources.get(CHANGE) if known else None
    return said.version if said and not said.version.evaluation_id.startswith(WITHDRAWN) else None


def recorded_types(recorders: Mapping[str, Any]) -> Callable[[str], bool | None]:
    """Which types the recorder of an account records, from the answer to DescribeConfigurationRecorders; None if none.

    https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
    """
    groups = [recorder.get("recordingGroup", {}) for recorder in recorders["ConfigurationRecorders"]]
    if not groups:
        return lambda _: None
    group = groups[0]
    excluded = group.get("exclusionByResourceTypes", {}).get("resourceTypes", [])
    listed = group.get("resourceTypes", [])
    if excluded:
        return lambda kind: kind not in excluded
    return lambda kind: group.get("allSupported", not listed) or kind in listed


def run(
    inventory: Inventory,
    types: Sequence[str],
    *,
    first: int = 0,
    seconds: float = float("inf"),
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Compared, int]:
    """Compare types until the time is up.

    Args:
        inventory: what is compared.
        types: AWS Config's names, always in the same order.
        first: the number of the type to begin with.
        seconds: after which no further type is begun.
        progress: receives a line for each type with a difference.

    Returns:
        What was found, and the number of the type with which to go on: the number of types at the end.
    """
    stop, found = time.monotonic() + seconds, Compared()
    for number in range(first, len(types)):
        if time.monotonic() >= stop and number > first:
            return found, number
        compared = inventory.compare(types[number])
        found += compared
        if compared.drift:
            parts = f"{compared.missing} missing, {compared.stale} stale, {compared.gone} gone"
            progress(f"{types[number]}: {parts} of {compared.recorded} ({number + 1} of {len(types)} types)")
    return found, len(types)


def next_type(store: Store) -> int:
    """The number of the type with which the next run begins; an earlier one had no time for the types behind it."""
    return sum(int(item["first"]) for item in store.all_of([NEXT]).values())


def keep_next_type(store: Store, number: int) -> None:
    """Keep where the next run begins."""
    store.transact([store.put({**NEXT, "first": number})])


def requested(events: Any, bus: str, account: str, region: str, now: datetime) -> Callable[[str, Sequence[str]], None]:
    """A function that publishes "Evaluation Requested" for resources of a type.

    It raises NotAccepted if the bus refuses the event.
    """

    def put(resource_type: str, ids: Iterable[str]) -> None:
        detail = {
            "version": VERSION,
            "account": account,
            "region": region,
            "type": resource_type,
            "ids": list(ids),
            "requested_at": now.isoformat(timespec="microseconds"),
        }
        _put(events, bus, EVALUATION_REQUESTED, detail)

    return put


def _put(events: Any, bus: str, kind: str, detail: Mapping[str, Any]) -> None:
    entry = {"EventBusName": bus, "Source": "pillarwatch", "DetailType": kind, "Detail": json.dumps(detail)}
    answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise NotAccepted(f"{answer['Entries'][0].get('ErrorCode')}: {kind}")
