"""The facts of a review from a deployment's store: what a scope counts, by component, and the findings behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aggregator.catalogue import Basis, packaged_basis
from aggregator.deployed_settings import deployed_settings
from aggregator.projections import within
from aggregator.queries import finding_keys, findings_of, scopes, snapshot
from aggregator.scopes import account_scope, kind_of
from pillarwatch.check import SEVERITIES
from pillarwatch.score import Counts, overall, without_waivers
from review.facts import Attested, Facts, Occurrence, Resource, Source
from review.sources.passes_by_default import failing_only_by_settings, passed_by_default
from review.sources.proposals import proposals
from rules.catalogue import all_checks
from template_scan.resource_types import template_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Literal

    from aggregator.queries import Finding, FindingKey, Snapshot
    from aggregator.scopes import ScopeName
    from pillarwatch.check import Severity

READINGS = 5  # of scopes that others write to, until two readings are equal
MOST = 50  # findings that are read of a check, component and kind
KINDS: Mapping[str, Literal["failed", "waived", "unknown"]] = {"N": "failed", "W": "waived", "U": "unknown"}


class _Part(NamedTuple):
    """A component, or what is in none."""

    name: str
    places: Sequence[str]  #: what the places of its findings begin with
    counts: Mapping[str, Counts]


def facts_of_deployment(table: Any, scope: str, title: str = "") -> Facts:
    """What is known of a workload, or of an account, whose components are its workloads.

    Args:
        table: boto3's resource of the table.
        scope: the scope's key.
        title: of the review; without one the workload's name, or the account.

    Raises:
        NoSuchScope: there is none.
    """
    basis, checks = packaged_basis(), all_checks()
    settings = deployed_settings(table) or basis.settings
    basis = Basis({check: entry for check, entry in basis.checks.items() if check in checks}, settings)
    basis = basis.at(datetime.now(UTC))
    whole, parts, problems = _read(table, scope)
    missing = whole.counts.keys() - basis.checks.keys()
    counts = {check: count for check, count in whole.counts.items() if check not in missing}
    scores = basis.scores(whole.name, counts)
    occurrences, unread = _occurrences(table, scope, whole, parts, basis)
    if whole.basis not in {"", basis.digest}:
        problems.append(
            "the deployment was scored with other checks or settings than this installation has: its scores differ"
        )
    problems += [
        f"{check}: this installation does not have the check; its {sum(whole.counts[check])} verdicts are left out"
        for check in sorted(missing)
    ]
    types = sorted({name for recorded in whole.types for name in template_types(recorded)})
    return Facts(
        title=title or (whole.name.name if whole.name.kind != "account" else f"account {whole.name.name}"),
        source=Source(
            "deployment",
            whole.accounts,
            f"{whole.at[:19]}Z",
            whole.resources,
            whole.resources,
            problems=[*problems, *unread],
        ),
        checks=checks,
        severities=_severities(counts, occurrences, basis, whole.name),
        severity_weights=basis.settings.score["severity_weights"],
        counts={(part.name, check): count for part in parts for check, count in part.counts.items() if check in counts},
        scores=scores,
        overall=overall(scores),
        occurrences=occurrences,
        passing={},
        proposals=proposals(whole.name, basis, counts, scores),
        without_waivers=basis.scores(whole.name, without_waivers(counts))
        if any(c.waived for c in counts.values())
        else {},
        attested=[Attested(*each) for each in basis.attested(whole.name, counts)],
        by_default=passed_by_default(types, datetime.fromisoformat(whole.at))
        | failing_only_by_settings(basis.settings),
    )


def _read(table: Any, scope: str) -> tuple[Snapshot, list[_Part], list[str]]:
    """The scope, the components that it consists of, and what prevents that they are all named.

    One transaction changes a resource's counters in all of its scopes, but each scope is a reading of its own. Two
    equal readings of all of them, one after the other, are of one time.
    """
    account = scope if kind_of(scope) == "account" else ""
    keys = [
        key
        for key in scopes(table)
        if (kind_of(key) == "workload" if account else key.startswith(f"{scope}/component/"))
    ]
    before: Mapping[str, Snapshot] = {}
    for _ in range(READINGS):
        now = {key: snapshot(table, key) for key in (*keys, scope)}
        if account:
            keys = [key for key in keys if any(account_scope(one) == account for one in now[key].accounts)]
            now = {key: now[key] for key in (*keys, scope)}
        if not keys or _counts(now) == _counts(before):
            return _parts(scope, now)
        before = now
    problem = "the components changed while they were read, so they are not shown; run the review again"
    return now[scope], [_Part("", [within(scope)], now[scope].counts)], [problem]


def _counts(found: Mapping[str, Snapshot]) -> dict[str, tuple[Any, Any, Any]]:
    return {key: (one.counts, one.types, one.accounts) for key, one in found.items()}


def _parts(scope: str, found: Mapping[str, Snapshot]) -> tuple[Snapshot, list[_Part], list[str]]:
    """Components, and last what is in none of them.

    A workload of several accounts has counters of all of them together: its share of one account is not known.
    """
    whole = found[scope]
    others = {key: one for key, one in found.items() if key != scope}
    spread = {key: one for key, one in others.items() if whole.name.kind == "account" and len(one.accounts) > 1}
    parts = [_Part(one.name.name, [within(key)], one.counts) for key, one in others.items() if key not in spread]
    left = dict(whole.counts)
    for part in parts:
        for check, count in part.counts.items():
            left[check] = Counts(*(a - b for a, b in zip(left.get(check, Counts()), count, strict=True)))
    rest = {check: count for check, count in left.items() if any(count)}
    # A place is a workload and a component, each followed by "#"; of what is in neither they are empty.
    nowhere = f"{within(scope)}#" if others else within(scope)
    parts.append(_Part("", [nowhere, *map(within, spread)], rest))
    problems = [
        f"workload {one.name.name} has, or had, resources in {len(one.accounts)} accounts: "
        "those of this account are counted without a component"
        for one in spread.values()
    ]
    return whole, parts, problems


def _occurrences(
    table: Any, scope: str, whole: Snapshot, parts: Sequence[_Part], basis: Basis
) -> tuple[list[Occurrence], list[str]]:
    """What does not pass, at most ``MOST`` of a check, component and kind; and which accepted failures are not listed.

    Findings are read after the counters, so no more of them are used than the counters count.
    """
    places = {place: part.name for part in parts for place in part.places}
    left = {
        (part.name, check, letter): _of(count, letter)
        for part in parts
        for check, count in part.counts.items()
        if check in basis.checks
        for letter in KINDS
    }
    wanted = {letter: sorted({check for (_, check, of), n in left.items() if n and of == letter}) for letter in KINDS}
    keys = finding_keys(table, scope, whole.accounts, wanted)
    groups: dict[tuple[str, str, str], list[FindingKey]] = defaultdict(list)
    for key in keys:
        name = _component(key, places)
        if name is not None and left.get((name, key.check, key.letter)):
            groups[name, key.check, key.letter].append(key)
    failing = {(key.check, key.resource) for key in keys if key.letter == "N"}
    chosen: dict[FindingKey, str] = {}
    for (name, check, letter), found in sorted(groups.items()):
        cause = basis.checks[check].same_cause_as
        if cause and letter == "N":  # those that another finding may name come last
            found.sort(key=lambda key: (cause, key.resource) in failing)
        chosen |= dict.fromkeys(found[:MOST], name)
    occurrences = []
    for key, finding in _standing(table, chosen, basis, whole.name):
        place = chosen[key], key.check, key.letter
        if left[place]:
            left[place] -= 1
            occurrences.append(_occurrence(finding, KINDS[key.letter], chosen[key]))
    unlisted: Counter[str] = Counter()
    for (_, check, letter), n in left.items():
        if letter == "W" and n:
            unlisted[check] += n
    return occurrences, [f"{check}: {n} accepted failures are not listed" for check, n in sorted(unlisted.items())]


def _component(key: FindingKey, places: Mapping[str, str]) -> str | None:
    """The name of the part that counts a finding; None of one that no part counted when it was read."""
    workload, component, _ = key.place.split("#", 2)
    return next((places[place] for place in (f"{workload}#{component}#", f"{workload}#", "") if place in places), None)


def _of(count: Counts, letter: str) -> int:
    return {"N": count.non_compliant, "W": count.waived, "U": count.unknown}[letter]


def _standing(
    table: Any, keys: Iterable[FindingKey], basis: Basis, scope: ScopeName
) -> Iterator[tuple[FindingKey, Finding]]:
    """The findings that stand, without those whose cause another finding of the resource names, as severe or more."""
    causes = {
        key: key._replace(check=cause)
        for key in keys
        if key.letter == "N" and (cause := basis.checks[key.check].same_cause_as) in basis.checks
    }
    found = {
        key: finding if finding.severity in SEVERITIES else finding._replace(severity=basis.severity(key.check, scope))
        for key, finding in findings_of(table, dict.fromkeys([*keys, *causes.values()])).items()
    }
    for key in keys:
        finding, named_by = found.get(key), found.get(causes[key]) if key in causes else None
        if finding and not (named_by and _rank(named_by) <= _rank(finding)):
            yield key, finding


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _occurrence(finding: Finding, kind: Literal["failed", "waived", "unknown"], component: str) -> Occurrence:
    resource = finding.resource
    return Occurrence(
        check=finding.check,
        component=component,
        resource=Resource(resource.name or resource.id, resource.type, resource.arn or resource.id),
        kind=kind,
        annotation=finding.annotation,
        severity=finding.severity,  # type: ignore[arg-type]
        reason=finding.waiver,
        expires=finding.expires,
    )


def _severities(
    checks: Iterable[str], occurrences: Iterable[Occurrence], basis: Basis, scope: ScopeName
) -> dict[str, Severity]:
    """The worst severity of each check: settings may give it another one in an environment."""
    ranks: dict[str, int] = {}
    for one in occurrences:
        rank = SEVERITIES.index(one.severity)
        ranks[one.check] = min(rank, ranks.get(one.check, rank))
    return {check: SEVERITIES[ranks[check]] if check in ranks else basis.severity(check, scope) for check in checks}
