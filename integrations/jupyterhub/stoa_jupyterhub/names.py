"""Names that Stoa's storage API takes for directories."""

import re
import unicodedata

_ACCENTED = "àáâäæãåāçćčèéêëēėęîïíīįìłñńôöòóœøōõßśšûüùúūÿžźż"
_ALLOWED = re.compile(f"[A-Za-z0-9_{_ACCENTED}{_ACCENTED.replace('ß', '').upper()}ẞ-]+")
_LONGEST = 200


class NameRefused(ValueError):
    """The message says why, to the person."""


def directory_name(given, kind="users"):
    """
    The name as Stoa stores it, in NFC; `kind` is `users` or `groups`.
    Stoa refuses the others as well: here it is found out without a call, and said in the person's words.
    """
    what = "The group's name" if kind == "groups" else "The name"
    if not isinstance(given, str):
        raise NameRefused(f"{what} {given!r} can't be a directory's: it is not text.")
    name = unicodedata.normalize("NFC", given)
    if not _ALLOWED.fullmatch(name):
        raise NameRefused(
            f"{what} {given[:64]!r} can't be a directory's: only letters, digits, '-' and '_' can stand in one."
        )
    if len(name.encode()) > _LONGEST:
        raise NameRefused(f"{what} '{given[:64]}…' can't be a directory's: it is longer than {_LONGEST} bytes.")
    if kind == "users" and name == "groups":
        raise NameRefused("The name 'groups' can't be a person's directory's: that is where all groups' lie.")
    return name
