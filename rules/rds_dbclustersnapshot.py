"""Snapshots of RDS clusters: the describe API's camelCase; who may restore them is supplementary."""

from rules.shared.databases import rds_manual_snapshot_age_within_limit, rds_snapshots_public_prohibited
