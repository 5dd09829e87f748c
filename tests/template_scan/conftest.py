"""Fixtures: small templates, scanned by the command."""

from tests.scanning import scan, scan_as_table  # noqa: F401 - pytest finds fixtures here
