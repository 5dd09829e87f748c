"""Collectors: what AWS Config does not record, listed from the APIs on a schedule."""
