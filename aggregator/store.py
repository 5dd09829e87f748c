"""The DynamoDB table: keys, transactions and how items are read. Nothing here decides anything.

=====================  ==========================  ==============================================================
pk                     sk                          what
=====================  ==========================  ==============================================================
``RESOURCE#<key>``     ``STATE``                   what each source said last, and a revision; of a family of
                                                   revisions, what it said last of each; in the index by account
                                                   and type as long as something is known of it
``RESOURCE#<key>``     ``VALUES``                  what checks read, an attribute for each source: aggregator/values.py
``RESOURCE#<key>``     ``FINDING#<check>``         a check that fails, is waived or unknown; in the index
``SCOPE#<scope>``      ``TYPE#<type>#<shard>``     counters, changed by ADD alone
``SCOPE#<scope>``      ``OUTBOX#<time>#<id>``      what a fold changed and no projection has seen; in the index
``SCOPE#<scope>``      ``SCORE#NOW``               scores, rolling view, incidents; the lock of projections
``SCOPE#<scope>``      ``ALERT#<time>#<id>``       an alert that is not sent; in the index beside the outbox
``RECOMMENDATIONS#<scope>``  ``<check>``           open with its priority and a sample of resources, waived, or resolved
``HISTORY#<scope>``    ``HOUR#``, ``DAY#<time>``   high, low and last scores of an hour or a day that is over; those
                                                   of the present ones are in the score
``HISTORY#<scope>``    ``ALERT#<time>#<id>``       an alert that is sent
``HISTORY#<scope>``    ``INCIDENT#<began>#<id>``  causes, begin and end of what was reported of a pillar
``HISTORY#<scope>``    ``NOTICE#<id>``             a notice of an end was written as an alert
``HISTORY#<scope>``    ``CHANGE#<time>#<id>``      verdicts that changed, by resource; kept for 90 days
``LISTING#<id>``       ``COMPLETE``                the event "Listing Complete", and whether it was processed
``LISTING#<id>``       ``PROCESSED#<shard>``       processed evaluations of the listing, by part
``STORE``              ``SCHEMA``                  the version of this layout: aggregator/schema.py
``STORE``              ``SETTINGS``                the settings in force: aggregator/deployed_settings.py
``STORE``              ``INVENTORY``               with which type the comparison with AWS Config goes on
=====================  ==========================  ==============================================================

The order of the sort keys matters: one query of a scope reads outbox, then score, then counters.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from aggregator.events import Resource, family_of
from aggregator.states import State, expires_at
from aggregator.table import Refused, Table
from aggregator.table_items import (
    NOW,
    changes_in,
    counter,
    decoded,
    state_in,
    states_index,
    stored_revisions,
)
from aggregator.transitions import MOST_ACTIONS
from aggregator.values import SORT_KEY as VALUES
from aggregator.values import digests, update_of
from pillarwatch.score import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from aggregator.transitions import Changes, Part, Transition

# Items among which a writer chooses at random where to add. More than one pays above 10 writers only, and costs every
# reader: benchmarks/contention.py. Readers add up what they find, so the number can change at any time.
SHARDS = 1
# Each evaluation of a listing adds to its counter, whatever the verdicts are, so its writers always meet.
LISTING_SHARDS = 8
LISTING_KEPT = timedelta(days=7)  # evaluations that waited longer in the queue are useless to a listing
LISTING_ITEM = {"pk", "sk", "expires_at"}

KINDS = {"C": "compliant", "N": "non_compliant", "W": "waived", "U": "unknown"}


@dataclass
class Live:
    """A scope as it stands."""

    score: dict[str, Any] = field(default_factory=dict)  #: the item SCORE#NOW
    counts: dict[str, Counts] = field(default_factory=dict)  #: by check
    types: Counter[str] = field(default_factory=Counter)  #: resources by type
    outbox: list[Changes] = field(default_factory=list)  #: not projected, the oldest first
    more: bool = False  #: the outbox goes on after the first page
    alerts: list[dict[str, Any]] = field(default_factory=list)  #: not sent

    @property
    def resources(self) -> int:
        """How many resources the scope counts."""
        return self.types.total()


class Store(Table):
    """The table.

    Args:
        table: boto3's resource of the table.
        shards: how many items share the counters of a scope and resource type.
    """

    def __init__(self, table: Any, shards: int = SHARDS) -> None:
        super().__init__(table)
        self._shards = shards

    # States

    def states(self, resources: Iterable[Resource]) -> dict[Resource, tuple[State, int]]:
        """Each resource's state and revision; an empty state of revision 0 where there is none."""
        wanted = list(resources)
        items = self.all_of([{"pk": f"RESOURCE#{resource.key}", "sk": "STATE"} for resource in wanted])
        return {
            resource: (state_in(resource, item), int(item["rev"])) if item else (State(resource), 0)
            for resource in wanted
            for item in [items.get((f"RESOURCE#{resource.key}", "STATE"))]
        }

    def values(self, resources: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The items VALUES of resources that have one, by the resource's key."""
        wanted = {f"RESOURCE#{resource}": resource for resource in resources}
        found = self.all_of([{"pk": pk, "sk": VALUES} for pk in wanted])
        return {wanted[pk]: item for (pk, _), item in found.items()}

    def write(self, part: Part) -> None:
        """Count the transitions of a part, all or none.

        Raises:
            Conflict: one of the resources was counted by somebody else since it was read.
            Refused: the part can never be written.
        """
        if not part.fits:
            raise Refused("more than one transaction holds")
        shard = random.randrange(self._shards)  # noqa: S311 - spreads writers, hides nothing
        key = part.new_key()
        actions = [action for transition in part.transitions for action in self._transition(transition, key)]
        by_item: dict[tuple[str, str], dict[str, int]] = {}
        for (scope, resource_type, name), n in part.counters.items():
            if n:
                by_item.setdefault((scope, resource_type), {})[name] = n
        for (scope, resource_type), added in by_item.items():
            actions.append(self.add({"pk": f"SCOPE#{scope}", "sk": f"TYPE#{resource_type}#{shard}"}, added))
        for listing in {listing for listing, _ in part.processed}:
            counted = {name: n for (of, name), n in part.processed.items() if of == listing}
            actions.append(self._add_processed(listing, counted, part.transitions[0].now))
        for scope, changes in part.changes(key).items():
            item = {"pk": f"SCOPE#{scope}", "sk": f"OUTBOX#{key}", "gsi1pk": "OUTBOX", "gsi1sk": f"{scope}#{key}"}
            actions.append(self.put(item | changes._asdict()))
        self.transact(actions)

    def _transition(self, transition: Transition, key: str) -> Iterator[dict[str, Any]]:
        state, pk = transition.stamped(key), f"RESOURCE#{transition.after.resource.key}"
        yield self._put_state(state, transition.revision)
        if transition.values:
            yield self._update_values({"pk": pk, "sk": VALUES}, transition.after, transition.values)
        for check, finding in transition.findings.items():
            place = {"pk": pk, "sk": f"FINDING#{check}"}
            if not finding:
                yield self.delete(place)
                continue
            since = state.sources[finding["source"]].version.evaluated_at
            keep = {"since"} if transition.persists(check) else set()
            yield self.set_(place, finding | {"since": since}, keep=keep)

    def _update_values(self, key: dict[str, str], state: State | None, values: Mapping[str, str]) -> dict[str, Any]:
        if state is None or not digests(state):
            return self.delete(key)
        return {"Update": {"TableName": self._table.name, "Key": key, **update_of(values)}}

    def _put_state(self, state: State, revision: int) -> dict[str, Any]:
        item: dict[str, Any] = {
            "pk": f"RESOURCE#{state.resource.key}",
            "sk": "STATE",
            "rev": revision + 1,
            "resource": state.resource._asdict(),
            **stored_revisions(state.revisions),
            "causes": state.causes,
            **({"listed": state.listed} if state.listed else {}),
        }
        expiry = expires_at(state)
        return self.put_revision(item | ({"expires_at": expiry} if expiry else states_index(state.resource)), revision)

    def items_of(self, key: str) -> dict[str, dict[str, Any]]:
        """What is stored of a resource, by sort key."""
        pages = self.pages(Key("pk").eq(f"RESOURCE#{key}"), ConsistentRead=True)
        return {item["sk"]: item for page in pages for item in page}

    def rewrite(
        self,
        key: str,
        state: State | None,
        revision: int,
        findings: Mapping[str, dict[str, Any]],
        values: Mapping[str, str],
    ) -> None:
        """Write what follows from the state of a resource; an empty finding or value is deleted.

        Args:
            key: of the resource.
            state: the stored one, or one in which only digests of values differ; None if there is none.
            revision: of the stored state.
            findings: by check.
            values: by attribute of the item VALUES.

        Raises:
            Conflict: the resource was counted by somebody else since it was read.
        """
        pk = f"RESOURCE#{key}"
        actions = [self._put_state(state, revision)] if state else []
        if values:
            actions.append(self._update_values({"pk": pk, "sk": VALUES}, state, values))
        for check, finding in list(findings.items())[: MOST_ACTIONS - len(actions)]:
            place = {"pk": pk, "sk": f"FINDING#{check}"}
            if finding and state:
                since = state.sources[finding["source"]].version.evaluated_at
                actions.append(self.set_(place, finding | {"since": since}, keep={"since"}))
            else:
                actions.append(self.delete(place))
        self.transact(actions)

    def repair_counters(
        self, scope: str, resource_type: str, added: Mapping[str, int], known: Mapping[str, int], changes: Changes
    ) -> None:
        """Add to counters that are still what was read, and have the scope projected.

        Raises:
            Conflict: somebody else changed one of them.
        """
        key = {"pk": f"SCOPE#{scope}", "sk": f"TYPE#{resource_type}#0"}
        action = self.add(key, dict(added))
        conditions = []
        for i, name in enumerate(added):
            if name in known:
                conditions.append(f"#{i} = :known{i}")
                action["Update"]["ExpressionAttributeValues"][f":known{i}"] = known[name]
            else:
                conditions.append(f"attribute_not_exists(#{i})")
        action["Update"]["ConditionExpression"] = " AND ".join(conditions)
        outbox = {"pk": f"SCOPE#{scope}", "sk": f"OUTBOX#{changes.key}", "gsi1pk": "OUTBOX"}
        self.transact([action, self.put(outbox | {"gsi1sk": f"{scope}#{changes.key}"} | changes._asdict())])

    def new_key(self, now: datetime) -> str:
        """A unique key of changes of a time."""
        return f"{now.isoformat(timespec='microseconds')}#{uuid.uuid4().hex}"

    def scan(self) -> Iterator[dict[str, Any]]:
        """All items as they are stored, those of a partition one after the other; not of one time."""
        arguments: dict[str, Any] = {}
        while True:
            page = self._table.scan(ConsistentRead=True, **arguments)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def keys_of_states(self, account: str, resource_type: str, after: str = "") -> Iterator[tuple[str, Resource]]:
        """The resources of a type of which something is known, with their places in the index, which may lag.

        Args:
            account: the account's id.
            resource_type: as AWS Config names it.
            after: begin behind this place.
        """
        condition = Key("gsi1sk").gt(after) if after else None
        for item in self.index(f"STATES#{account}#{resource_type}", condition):
            yield item["gsi1sk"], Resource(**item["resource"])

    # Listings

    def listing(self, listing: str) -> tuple[dict[str, Any], Counter[str]]:
        """The item COMPLETE of a listing, empty until it was written, and the processed evaluations by part."""
        complete: dict[str, Any] = {}
        processed: Counter[str] = Counter()
        for item in self.query(Key("pk").eq(f"LISTING#{listing}"), ConsistentRead=True):
            if item["sk"] == "COMPLETE":
                complete = item
            else:
                processed.update({name: n for name, n in item.items() if name not in LISTING_ITEM})
        return complete, processed

    def put_complete(self, listing: str, detail: dict[str, Any], now: datetime, *, processed: bool) -> None:
        """Write the item COMPLETE of a listing; one that is not processed only where there is none.

        Raises:
            Conflict: there is one.
        """
        item = {"pk": f"LISTING#{listing}", "sk": "COMPLETE", "detail": detail, "processed": processed}
        action = self.put(item | {"expires_at": int((now + LISTING_KEPT).timestamp())})
        if not processed:
            action["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        self.transact([action])

    def _add_processed(self, listing: str, counted: dict[str, int], now: datetime) -> dict[str, Any]:
        shard = random.randrange(LISTING_SHARDS)  # noqa: S311 - spreads writers
        key = {"pk": f"LISTING#{listing}", "sk": f"PROCESSED#{shard}"}
        values = {**counted, "expires_at": int((now + LISTING_KEPT).timestamp())}
        added = ", ".join(f"#{i} :{i}" for i in range(len(counted)))
        return self.update(key, values, f"ADD {added} SET #{len(counted)} = :{len(counted)}")

    # Scopes

    def live(self, scope: str) -> Live:
        """All of a scope but its history, in one consistent reading."""
        live = Live()
        totals: Counter[tuple[str, str]] = Counter()
        pages = self.pages(Key("pk").eq(f"SCOPE#{scope}"), ConsistentRead=True)
        for page, item in ((page, item) for page, items in enumerate(pages) for item in items):
            kind = item["sk"].partition("#")[0]
            if item["sk"] == NOW:
                live.score = decoded(item)
            elif kind == "TYPE":
                counters = {counter(name): int(n) for name, n in item.items() if name not in {"pk", "sk"}}
                live.types[item["sk"].split("#")[1]] += counters.pop(("", "resources"), 0)
                totals.update(counters)
            elif kind == "OUTBOX" and page:
                live.more = True  # a page that is read later may lack what was written before its first item
            elif kind == "OUTBOX":
                live.outbox.append(changes_in(decoded(item)))
            elif kind == "ALERT":
                live.alerts.append(decoded(item))
        for check in {check for (check, _), n in totals.items() if n}:
            live.counts[check] = Counts(*(totals[check, letter] for letter in KINDS))
        return live

    def recommendations(self, scope: str, checks: Iterable[str] | None = None) -> dict[str, dict[str, Any]]:
        """The recommendations of a scope by check: all of them, or those of some checks as far as they exist."""
        pk = f"RECOMMENDATIONS#{scope}"
        if checks is None:
            return {item["sk"]: item for item in self.query(Key("pk").eq(pk), ConsistentRead=True)}
        found = self.all_of([{"pk": pk, "sk": check} for check in checks])
        return {check: decoded(item) for (_, check), item in found.items()}

    def score(self, scope: str) -> dict[str, Any]:
        """A scope's SCORE#NOW; empty if there is none."""
        return self.scores([scope]).get(scope, {})

    def scores(self, scopes: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The items SCORE#NOW of scopes that have one."""
        wanted = {f"SCOPE#{scope}": scope for scope in scopes}
        found = self.all_of([{"pk": pk, "sk": NOW} for pk in wanted])
        return {wanted[pk]: decoded(item) for (pk, _), item in found.items()}

    def scopes(self) -> set[str]:
        """The scopes that have a score or are pending."""
        return self.scored() | self.pending()

    def scored(self) -> set[str]:
        """The scopes that have a score; the index may lag."""
        return {item["gsi1sk"] for item in self.index("SCOPES")}

    def pending(self) -> set[str]:
        """The scopes with changes that no projection has seen, or with alerts that are not sent; the index may lag."""
        return {item["pk"].partition("#")[2] for item in self.index("OUTBOX")}

    def history(self, scope: str, prefix: str, since: str) -> list[dict[str, Any]]:
        """A scope's items of one kind (``HOUR#``, ``DAY#``, ``CHANGE#``) from ``since`` on, the oldest first."""
        keys = Key("sk").between(f"{prefix}{since}", f"{prefix}~")
        return list(self.query(Key("pk").eq(f"HISTORY#{scope}") & keys))

    def incidents(self, scope: str, since: str = "") -> list[dict[str, Any]]:
        """A scope's incidents that began at a time or later, the oldest first."""
        keys = Key("sk").between(f"INCIDENT#{since}", "INCIDENT#~")
        return list(self.query(Key("pk").eq(f"HISTORY#{scope}") & keys, ConsistentRead=True))

    # Findings

    def findings_of(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        """Findings by resource key and check, as far as they stand."""
        wanted = {(f"RESOURCE#{resource}", f"FINDING#{check}"): (resource, check) for resource, check in keys}
        found = self.all_of([{"pk": pk, "sk": sk} for pk, sk in wanted])
        return {wanted[key]: decoded(item) for key, item in found.items()}

    def findings(
        self, account: str, check: str, within: str = "", letter: str = "N", limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """The findings of a check in an account, sorted by component and resource.

        Args:
            account: the account's id.
            check: the check's id.
            within: a workload, or a workload and component, both escaped and each followed by ``#``.
            letter: N for non-compliant, U for unknown.
            limit: at most so many.
        """
        yield from self.index(f"{account}#CHECK#{check}", Key("gsi1sk").begins_with(f"{letter}#{within}"), limit)

    def waived(self) -> Iterator[dict[str, Any]]:
        """The findings that are waived, of all accounts, by the last day of their waiver."""
        yield from self.index("WAIVED")

    def lapsed(self, today: str) -> set[Resource]:
        """The resources with a waiver whose last day was before ``today``."""
        found = self.index("WAIVED", Key("gsi1sk").lt(today))
        return {family_of(item["resource"]) for item in found}

    # Notices

    def written_notices(self, scope: str, notices: Iterable[str]) -> set[str]:
        """Those of some notices that were written for a scope."""
        found = self.all_of([{"pk": f"HISTORY#{scope}", "sk": f"NOTICE#{notice}"} for notice in notices])
        return {sk.partition("#")[2] for _, sk in found}

    def put_notice(self, scope: str, notice: str, alert: dict[str, Any], now: datetime, expires_at: int) -> None:
        """Write a notice as an alert that is not sent.

        Raises:
            Conflict: it was written already.
        """
        once = self.put({"pk": f"HISTORY#{scope}", "sk": f"NOTICE#{notice}", "expires_at": expires_at})
        once["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        sk = f"ALERT#{now.isoformat(timespec='microseconds')}#{notice}"
        index = {"gsi1pk": "OUTBOX", "gsi1sk": f"{scope}#{sk}"}
        self.transact([once, self.put({"pk": f"SCOPE#{scope}", "sk": sk, **index, **alert})])
