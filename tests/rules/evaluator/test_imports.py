"""A cold start loads what rdklib loads, our core, and the checks of one type."""

import subprocess
import sys

LOADED = """
import sys
import rdklib
before = set(sys.modules)
import rules.evaluator
print(*sorted(set(sys.modules) - before))
"""


def test_the_evaluator_loads_little_more_than_rdklib() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    loaded = done.stdout.split()

    assert {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) == {"pillarwatch", "rules"}
    assert [name for name in loaded if name.startswith("rules.")] == [
        "rules.catalogue",
        "rules.collectors",
        "rules.collectors._pace",
        "rules.config_rule",
        "rules.evaluator",
        "rules.publishing",
    ]
    assert "asyncio" not in loaded
