"""Checks that judge several resource types. Each type's file imports the checks that judge its type."""
