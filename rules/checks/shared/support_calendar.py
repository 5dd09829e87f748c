"""The end dates of AWS's standard support by version, with their sources.

Every date before the middle of 2028 was read in AWS's own text; ``source`` names the page. ``ENDED`` stands for a
version that the page lists as deprecated, or no longer lists as available, without a date. A version that is newer than
all listed versions is supported until ``VALID_UNTIL``, and unknown after that day. An older version that is not listed
is unknown. A test fails 60 days before that day: read the sources again, complete the tables and move both dates.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pillarwatch import COMPLIANT, ConfigurationItem, Verdict, any_of, compliant_if, none_of, surely
from pillarwatch.unknown import Unknown, Unresolved

REVIEWED = "2026-11-30"
VALID_UNTIL = "2027-04-30"
OPEN = "9999-12-31"  # AWS has announced no end date
ENDED = "0001-01-01"
NUMBER = re.compile(r"(\D*)([\d.]*)", re.DOTALL)


class Calendar(NamedTuple):
    """The last day of standard support by version. A version includes those that begin with it: ``14`` includes 14.7.

    EKS bills extended support from the beginning of the day that AWS names, so that day is the first one without
    standard support.
    """

    product: str
    source: str
    ends: Mapping[str, str]  #: ISO 8601
    ends_with_the_day: bool = True
    whole_names: bool = False  #: a version does not include those that begin with it: ``java8``, ``java8.al2``


# Read in the page's source (https://github.com/awsdocs/amazon-eks-user-guide, kubernetes-versions.adoc), and for 1.35
# on https://aws-samples.github.io/sample-apex-skills. 1.29 was the oldest available version.
EKS = Calendar(
    "Kubernetes",
    "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
    {
        **dict.fromkeys((f"1.{minor}" for minor in range(10, 29)), ENDED),
        "1.29": "2025-03-23",
        "1.30": "2025-07-23",
        "1.31": "2025-11-26",
        "1.32": "2026-03-23",
        "1.33": "2026-07-29",
        "1.34": "2026-12-02",
        "1.35": "2027-03-27",
    },
    ends_with_the_day=False,
)
# Read on this page and in AWS's machine-readable copy of it: LmbdRuntimeLifecycle.json of cfn-lint 1.58.
LAMBDA = Calendar(
    "Runtime",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    {
        "dotnet10": "2028-11-14",
        "dotnet6": "2024-12-20",
        "dotnet8": "2026-11-10",
        "dotnet9": "2026-11-10",
        "dotnetcore1.0": "2019-06-27",
        "dotnetcore2.0": "2019-05-30",
        "dotnetcore2.1": "2022-01-05",
        "dotnetcore3.1": "2023-04-03",
        "go1.x": "2024-01-08",
        "java11.al2023": "2029-06-30",
        "java11": "2027-06-30",
        "java17.al2023": "2029-06-30",
        "java17": "2027-06-30",
        "java21": "2029-06-30",
        "java25": "2029-06-30",
        "java8": "2024-01-08",
        "java8.al2023": "2029-06-30",
        "java8.al2": "2027-06-30",
        "nodejs": "2016-08-30",
        "nodejs10.x": "2021-07-30",
        "nodejs12.x": "2023-03-31",
        "nodejs14.x": "2023-12-04",
        "nodejs16.x": "2024-06-12",
        "nodejs18.x": "2025-09-01",
        "nodejs20.x": "2026-04-30",
        "nodejs22.x": "2027-04-30",
        "nodejs24.x": "2028-04-30",
        "nodejs4.3": "2020-03-05",
        "nodejs4.3-edge": "2020-03-05",
        "nodejs6.10": "2019-08-12",
        "nodejs8.10": "2020-03-06",
        "provided": "2024-01-08",
        "provided.al2": "2026-07-31",
        "provided.al2023": "2029-06-30",
        "python2.7": "2021-07-15",
        "python3.10": "2026-10-31",
        "python3.11": "2027-06-30",
        "python3.12": "2028-10-31",
        "python3.13": "2029-06-30",
        "python3.14": "2029-06-30",
        "python3.6": "2022-07-18",
        "python3.7": "2023-12-04",
        "python3.8": "2024-10-14",
        "python3.9": "2025-12-15",
        "ruby2.5": "2021-07-30",
        "ruby2.7": "2023-12-07",
        "ruby3.2": "2026-03-31",
        "ruby3.3": "2027-03-31",
        "ruby3.4": "2028-03-31",
        "ruby4.0": "2029-03-31",
    },
    whole_names=True,
)
POSTGRESQL = {
    "11": "2024-02-29",
    "12": "2025-02-28",
    "13": "2026-02-28",
    "14": "2027-02-28",
    "15": "2028-02-29",
    "16": "2029-02-28",
    "17": "2030-02-28",
    "18": "2031-02-28",
}
# AWS gives some end dates as a month without a day: the last day of the month is used.
RDS = {
    "aurora-mysql": Calendar(
        "Aurora MySQL",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html",
        {"5.6": "2023-02-28", "5.7": "2024-10-31", "8.0": "2028-04-30", "8.4": "2032-04-30"},
    ),
    "aurora-postgresql": Calendar(
        "Aurora PostgreSQL",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html",
        {"9": ENDED, "10": ENDED, **POSTGRESQL},
    ),
    "mariadb": Calendar(
        "MariaDB",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html",
        {
            **dict.fromkeys(("10.0", "10.1", "10.2", "10.3", "10.4"), ENDED),
            "10.5": "2026-08-31",
            "10.6": "2026-12-31",
            "10.11": "2028-02-29",
            "11.4": "2029-05-31",
            "11.8": "2028-06-30",
            "12.3": "2029-06-30",
        },
    ),
    "mysql": Calendar(
        "MySQL",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html",
        {"5.5": ENDED, "5.6": "2022-03-01", "5.7": "2024-02-29", "8.0": "2026-07-31", "8.4": "2029-07-31"},
    ),
    "postgres": Calendar(
        "PostgreSQL",
        "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
        {"9": "2022-04-30", "10": "2023-04-30", **POSTGRESQL},
    ),
}
REDIS = Calendar(
    "Redis OSS",
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html#deprecated-engine-versions",
    {
        "2": "2023-01-13",
        "3": "2023-07-31",
        "4": "2026-01-31",
        "5": "2026-01-31",
        "6": "2027-01-31",
        "7": OPEN,
    },
)
OPENSEARCH = Calendar(
    "Engine",
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html",
    {
        **dict.fromkeys(("Elasticsearch_1.5", "Elasticsearch_2.3"), "2025-11-07"),
        **dict.fromkeys((f"Elasticsearch_5.{minor}" for minor in range(1, 7)), "2025-11-07"),
        **dict.fromkeys((f"Elasticsearch_6.{minor}" for minor in range(8)), "2025-11-07"),
        "Elasticsearch_6.8": "2027-11-07",
        **dict.fromkeys((f"Elasticsearch_7.{minor}" for minor in range(1, 9)), "2025-11-07"),
        **dict.fromkeys(("Elasticsearch_7.9", "Elasticsearch_7.10"), "2027-11-07"),
        **dict.fromkeys((f"OpenSearch_{version}" for version in ("1.0", "1.1", "1.2")), "2025-11-07"),
        **dict.fromkeys((f"OpenSearch_2.{minor}" for minor in range(3, 10)), "2025-11-07"),
        **dict.fromkeys((f"OpenSearch_2.{minor}" for minor in range(11, 20)), "2027-11-07"),
        "OpenSearch_1.3": "2027-11-07",
        "OpenSearch_3": OPEN,
    },
)
CALENDARS = (EKS, LAMBDA, *RDS.values(), REDIS, OPENSEARCH)


def in_standard_support(
    item: ConfigurationItem, calendar: Calendar, version: str, announced: Sequence[str] = ()
) -> Verdict:
    """COMPLIANT up to the last day of a version's standard support. The day of comparison is ``item.judged_at``.

    Args:
        item: the item with the version.
        calendar: the end dates of the product's versions in this release.
        version: the version of the product.
        announced: the end dates that an API of AWS returned for this version (ISO 8601). The last of them takes
            precedence over the calendar.

    Raises:
        Unresolved: the version is unknown, older than the newest listed version but not listed, or newer than all
            listed versions after ``VALID_UNTIL``.
    """
    today = item.judged_at.date().isoformat()
    if announced:
        last = max(announced)
        return compliant_if(not _is_over(calendar, last, today), otherwise=_no_longer(calendar, version, last))
    is_of = {known: version == known for known in calendar.ends}
    if not calendar.whole_names and not surely(any_of(is_of.values())):
        is_of = {known: any_of([same, version.startswith(f"{known}.")]) for known, same in is_of.items()}
    if none_of(is_of.values()):
        return _newer_than_listed(calendar, version, today)
    ended = {known: end for known, end in calendar.ends.items() if _is_over(calendar, end, today)}
    last = max((end for known, end in ended.items() if surely(is_of[known])), default=ENDED)
    return compliant_if(none_of([is_of[known] for known in ended]), otherwise=_no_longer(calendar, version, last))


def _is_over(calendar: Calendar, end: str, today: str) -> bool:
    return end < today or (end == today and not calendar.ends_with_the_day)


def _no_longer(calendar: Calendar, version: str, last: str) -> str:
    since = "has ended" if last == ENDED else f"ended on {last}"
    return f"{calendar.product} {version}: standard support {since} (expected a supported version)"


def _newer_than_listed(calendar: Calendar, version: str, today: str) -> Verdict:
    if isinstance(version, Unknown):
        raise Unresolved(version.why)
    if today > VALID_UNTIL:
        raise Unresolved(f"{calendar.product} {version} is newer than the support dates of {REVIEWED}")
    family, number = _number(version)
    alike = [known for known in map(_number, calendar.ends) if known[0] == family]
    if not alike or (family, number) < max(alike):
        raise Unresolved(f"{calendar.product} {version} is not among the versions that AWS listed on {REVIEWED}")
    return COMPLIANT


def _number(version: str) -> tuple[str, tuple[int, ...]]:
    """The name and the number of a version: ``nodejs`` and (24,) of ``nodejs24.x``."""
    family, number = NUMBER.match(version).groups()  # type: ignore[union-attr]  # the pattern matches any text
    return family, tuple(int(part) for part in number.split(".") if part)
