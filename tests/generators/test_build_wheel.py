import pytest

from generators.build_wheel import NoSection, section_of

CHANGELOG = """# Changelog

## Unreleased

- Next.

## 1.10.0 - 2026-12-01

### Added
- Ten.

## 1.1.0
"""


def test_section_of_a_version_ends_at_the_next_version() -> None:
    assert section_of(CHANGELOG, "1.10.0") == "## 1.10.0 - 2026-12-01\n\n### Added\n- Ten."


@pytest.mark.parametrize("version", ["1.1.0", "1.1", "2.0.0"])
def test_version_without_text_is_no_release(version: str) -> None:
    with pytest.raises(NoSection, match=f"no section {version}"):
        section_of(CHANGELOG, version)
