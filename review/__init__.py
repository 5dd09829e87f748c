"""The review: what is well architected in a workload, what is not, and what to do first.

It runs where the command line runs, never in Lambda. ``sources/`` reads the facts from templates or from a deployment;
everything else makes a document of facts and imports neither.
"""
