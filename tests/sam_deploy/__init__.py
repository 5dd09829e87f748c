"""The built stack, deployed by the real `sam deploy` into a second AWS engine: `make deploy-local`.

It runs on a developer's machine and in CI, in an environment of its own. Nothing imports it, and it is not installed.
"""
