"""Promises about speed, each measured beside its peer. Nothing here is deployed."""
