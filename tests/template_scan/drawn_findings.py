"""Draw 60 findings and 40 passes of a scan by chance, for docs/findings-review.md.

    pillarwatch scan --format json FOLDER | python tests/template_scan/drawn_findings.py COMMIT

The first eight hexadecimal digits of COMMIT are the seed, and no check is drawn more than twice.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FINDINGS, PASSES, MOST_OF_A_CHECK = 60, 40, 2

Result = dict[str, Any]


def drawn(results: Iterable[Result], commit: str) -> list[Result]:
    """60 results that are NON_COMPLIANT, then 40 that are COMPLIANT, of what the scan wrote as ``results``."""
    chance = random.Random(int(commit[:8], 16))  # noqa: S311 - no secret
    of_check: Counter[str] = Counter()
    chosen: list[Result] = []
    results = (result for result in results if "same_cause_as" not in result)  # they are no findings
    ordered = sorted(results, key=lambda result: (Path(result["file"]).name, result["logical_id"], result["check"]))
    for compliance, size in (("NON_COMPLIANT", FINDINGS), ("COMPLIANT", PASSES)):
        of_this = [result for result in ordered if result["compliance"] == compliance]
        end = len(chosen) + size
        for result in chance.sample(of_this, len(of_this)):
            if len(chosen) < end and of_check[result["check"]] < MOST_OF_A_CHECK:
                of_check[result["check"]] += 1
                chosen.append(result)
    return chosen


def main() -> None:
    """Print the rows of a table of docs/findings-review.md, with the judgement and its reason left empty."""
    (commit,) = sys.argv[1:]
    for number, result in enumerate(drawn(json.load(sys.stdin)["results"], commit), 1):
        cells = [
            str(number),
            *(f"`{cell}`" for cell in (result["check"], Path(result["file"]).name, result["logical_id"])),
            result["compliance"],
            f"`{result['annotation']}`",
        ]
        sys.stdout.write(f"| {' | '.join(cells)} |  |  |\n")


if __name__ == "__main__":
    main()
