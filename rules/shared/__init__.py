"""Predicates over several resource types: each stands once, and is named in one line by each type's file."""
