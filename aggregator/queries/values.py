"""What checks read of resources: beside the findings, and of the resources that pass a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.events import family_of
from aggregator.queries import Identity
from aggregator.states import counted_in, held, placed
from aggregator.store import Store
from aggregator.table import MOST_KEYS
from aggregator.values import read_in
from pillarwatch.revisions import revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.events import Resource
    from aggregator.queries import Finding
    from aggregator.states import State


class Passing(NamedTuple):
    """A resource that passes a check."""

    resource: Identity
    value: str  #: what the check read; empty if it is not kept
    evaluated_at: str  #: ISO 8601, UTC
    workload: str
    component: str
    environment: str


def with_values(table: Any, findings: Iterable[Finding]) -> list[Finding]:
    """The findings with what their checks read, as far as it is kept."""
    places = {finding: _place(finding.resource) for finding in findings}
    items = Store(table).values({key for key, _ in places.values()})
    return [
        finding._replace(value=read_in(items.get(key, {}), finding.source, revision).get(finding.check, ""))
        for finding, (key, revision) in places.items()
    ]


def passing(table: Any, scope: str, check: str, accounts: Iterable[str], types: Iterable[str]) -> Iterator[Passing]:
    """The resources of a scope that pass a check, by account and type; the index may lag.

    They are read as they are asked for: whoever wants a few reads no more than a hundred states for them.

    Args:
        table: boto3's resource of the table.
        scope: its key.
        check: the check's id.
        accounts: those that the scope has resources in.
        types: the resource types of the check.
    """
    store = Store(table)
    kinds = list(types)
    for account in accounts:
        for kind in kinds:
            for resources in _batches(resource for _, resource in store.keys_of_states(account, kind)):
                states = [state for state, _ in store.states(resources).values() if _passes(state, scope, check)]
                items = store.values(state.resource.key for state in states)
                yield from (_passing(state, check, items.get(state.resource.key, {})) for state in states)


def _passes(state: State, scope: str, check: str) -> bool:
    verdict = held(state).get(check)
    return verdict is not None and verdict.judged.letter == "C" and scope in counted_in(state)


def _passing(state: State, check: str, values: dict[str, Any]) -> Passing:
    source, said, _ = held(state)[check]
    place, resource = placed(state), state.resource.revision(said.revision)
    return Passing(
        Identity(**resource._asdict(), name=said.name, arn=said.arn, owner=place.owner),
        read_in(values, source, said.revision).get(check, ""),
        said.version.evaluated_at,
        place.workload,
        place.component,
        place.environment,
    )


def _place(resource: Identity) -> tuple[str, int]:
    """The key of a resource in the table, and the number of its revision."""
    return family_of(resource._asdict()).key, revision_of(resource.type, resource.id).number


def _batches(resources: Iterable[Resource]) -> Iterator[list[Resource]]:
    batch: list[Resource] = []
    for resource in resources:
        batch.append(resource)
        if len(batch) == MOST_KEYS:
            yield batch
            batch = []
    if batch:
        yield batch
