"""Sizes as operators write them and as people read them."""

import re

_FACTORS = {"": 1, "B": 1}
for _power, _letter in enumerate("KMGTP", start=1):
    _FACTORS[_letter + "iB"] = _FACTORS[_letter] = 1024**_power
    _FACTORS[_letter + "B"] = 1000**_power
_FACTORS["kB"] = 1000

# What JSON's numbers hold exactly; Stoa takes no more.
LARGEST = 2**53 - 1


def bytes_of(size):
    """
    Bytes of `10737418240`, `"10GiB"`, `"1.5 TB"` or `"500M"` (as Unix tools: MiB); 0 of None.
    Raises ValueError for anything else.
    """
    if size is None:
        return 0
    if isinstance(size, str):
        found = re.fullmatch(r"\s*([0-9]+)(?:\.([0-9]+))?\s*([A-Za-z]*)\s*", size)
        factor = _FACTORS.get(found.group(3)) if found else None
        if factor is None:
            raise ValueError(f"{size!r} is not a size: write bytes or for example '10GiB'")
        whole, fraction = int(found.group(1)), found.group(2) or ""
        # Whole numbers throughout: floats would lose the last bytes of large sizes.
        size = whole * factor + int(fraction or 0) * factor // 10 ** len(fraction)
    if isinstance(size, bool) or not isinstance(size, int):
        raise ValueError(f"{size!r} is not a size: write bytes as an int, or for example '10GiB'")
    if not 0 <= size <= LARGEST:
        raise ValueError(f"{size} is not a size: it must be between 0 and {LARGEST} bytes")
    return size


def shown(size, digits=1):
    """`3.2 GiB` of 3435973836."""
    value, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if round(value, digits) < 1024 or unit == "PiB":
            break
        value /= 1024
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if unit != "B" else str(size)
    return f"{text} {unit}"


def used_of(used, quota):
    """`3.2 GiB used of 3 GiB`, with as many digits as it takes to tell the two apart."""
    for digits in (1, 2, 3):
        if used == quota or shown(used, digits) != shown(quota, digits):
            return f"{shown(used, digits)} used of {shown(quota, digits)}"
    return f"{used} bytes used of {quota}"
