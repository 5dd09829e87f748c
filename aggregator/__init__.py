"""Counts: "Resource Evaluated" events become states, counters, scores, recommendations and incidents in DynamoDB.

It runs in Lambda, behind a queue and on a schedule. The command line and the review import what reads the table.
"""
