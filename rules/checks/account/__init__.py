"""Checks of the account in a Region. Collectors supply the items."""
