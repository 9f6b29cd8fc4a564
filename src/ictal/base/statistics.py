"""A few numbers that say how sure a count is."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""A normal variable lies within this many standard deviations in 95 % of cases."""


def wilson(count: int, of: int) -> tuple[float, float] | None:
    """Within which 95 % interval does a share lie (the score interval of Wilson, J Am Stat Assoc 1927;22:209-212)?

    Both ends lie in 0-1; `None` when there is no case. Raises `ValueError` unless `0 <= count <= of`.

    >>> tuple(round(end, 3) for end in wilson(8, 10))
    (0.49, 0.943)
    """
    if not 0 <= count <= of:
        raise ValueError(f"A share needs 0 <= count <= of. Got {count} of {of}.")
    if not of:
        return None
    p, z2 = count / of, Z_95**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return low, high
