"""A template becomes configuration items: files, intrinsic functions, SAM, and the checks evaluated on the result.

It runs where the command line runs, never in Lambda. It imports ``pillarwatch`` and ``rules``.
"""
