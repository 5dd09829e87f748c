"""Blocks of addresses."""

from pillarwatch import any_of
from pillarwatch.unknown import Unknown


def addresses_in(cidr: str) -> int:
    """How many addresses a block has.

    Raises:
        Unresolved: it is not known, or no block.
    """
    bits = [bit for bit in range(33) if any_of([cidr.endswith(f"/{bit}")])]
    return int(2 ** (32 - max(bits, default=Unknown(f"{cidr} is no block of addresses"))))
