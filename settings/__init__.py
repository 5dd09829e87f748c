"""The settings file that users write: read and validated here, once, so that the rest can rely on it.

It runs where the command line runs; what runs in Lambda reads the validated settings from ``pillarwatch.settings``.
"""
