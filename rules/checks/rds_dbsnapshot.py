"""Snapshots of RDS instances: the describe API in camelCase; the accounts that may restore them are supplementary."""

from rules.checks.shared.databases import rds_manual_snapshot_age_within_limit, rds_snapshots_public_prohibited
