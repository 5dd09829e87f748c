"""The folder of the application: ``template.yaml``, ``packaged_settings.json``, ``rules/`` and what they need.

A wheel has it in ``pillarwatch/application``, so that site-packages gets one package. In the repository, and in a
Lambda package, it is the folder in which ``pillarwatch`` is.
"""

from pathlib import Path

PACKAGE = Path(__file__).parent
_IN_WHEEL = PACKAGE / "application"

INSTALLED = _IN_WHEEL.is_dir()
ROOT = _IN_WHEEL if INSTALLED else PACKAGE.parent
