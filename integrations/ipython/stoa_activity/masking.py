"""
Takes secrets out of code before it leaves the process. By patterns, so it finds the usual ones, not all.

Each pattern takes time in proportion to the text: no repetition stands inside another, and prefixes are bounded.
"""

import re

MASK = "[masked]"
WITHHELD = "[withheld: a pattern of STOA_ACTIVITY_MASK can't be read]"

# A name that says its value is secret. `tokens` and `tokenizer` are what language models cut text into.
_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|credential|token(?!s\b|s_|i[sz])"
    r"|(?:api|access|account|private|encryption|auth)[_-]?key)[\w-]{0,40}"
)
_STRING = (
    r"(?:\"\"\"(?P<q1>(?:[^\"\\]|\\.|\"(?!\"\")){1,5000})|'''(?P<q2>(?:[^'\\]|\\.|'(?!'')){1,5000})"
    r"|\"(?P<q3>(?:[^\"\\\n]|\\.){1,5000})|'(?P<q4>(?:[^'\\\n]|\\.){1,5000}))"
)
# `x: str = "…"`, `"x": "…"`, `environ["x"] = "…"`, `x == "…"`; and `option("x", "…")`.
_ASSIGNED = r"[\"']?\]?\s{0,8}(?::\s{0,8}[\w.\[\]| ]{1,60}?)?\s{0,8}(?::|:?=|[!=]=)"
_GIVEN = rf"(?:[\"']\s{{0,8}}\]?\s{{0,8}}(?:,|=>|:)|{_ASSIGNED})"
# Short names say so only as a whole: `db_pass`, no `db_passed`; `"pass"` alone is as often a mark as a password.
_SHORT_NAME = r"(?<![a-z0-9])[a-z0-9]{1,30}(?<!low)(?<!high)(?<!band)(?<!all)(?<!by)_(?:pass|pw)(?![\w-])"
_SHORTEST_NAME = r"(?<![\w-])(?:pw|pass_)(?![\w-])"
_ITEM = r"(?:[rbfu]{0,2}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}')|[\w.]{1,100})"
# A command's words up to the one that counts, over lines that go on.
_WORDS = r"(?:[^\n\\]|\\[\s\S]){0,300}?\s"
_VALUE = r"[\"']?(?P<secret>(?![$\"'])[^\s\"']{1,500})"

_WHOLE = [
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    r"\b(?:gh[pousr]_\w{16,255}|github_pat_\w{16,255}|glpat-[\w-]{16,255}|(?:zpat|uws)_\w{8,255})",
    r"\b(?:xox[abeoprs]-[\w-]{10,255}|sk-[\w-]{16,255}|pypi-[\w-]{16,255})",
    r"\b(?:hf_\w{16,255}|npm_\w{20,255}|AIza[\w-]{30,60})",
    r"\beyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}",
]
_AFTER = [
    r"(?i)\b([a-z][a-z0-9+.-]{0,30}://[^\s/@:\"']{0,200}:)(?P<secret>[^\s/\"']{1,500})(?=@)",
    r"(?i)\b(bearer\s{1,8})(?P<secret>[\w.~+/=-]{6,8000})",
    r"(?i)(authorization[\"']?\s{0,8}[:=,]\s{0,8}(?:[rbfu]{1,2}(?=[\"']))?[\"']?(?:(?:bearer|basic|token)\s{1,8})?)"
    r"(?P<secret>(?!(?:bearer|basic|token)\s)[^\s\"'{}\[]{4,8000})",
    rf"(?i)({_NAME}{_GIVEN}\s{{0,8}}[rbfu]{{0,2}}){_STRING}",
    rf"(?i)({_SHORT_NAME}{_GIVEN}\s{{0,8}}[rbfu]{{0,2}}){_STRING}",
    rf"(?i)({_SHORTEST_NAME}{_ASSIGNED}\s{{0,8}}[rbfu]{{0,2}}){_STRING}",
    # `auth=("me", "…")`, `HTTPBasicAuth("me", "…")`.
    r"(?i)((?:(?<![a-z0-9])auth[\"']?\]?\s{0,8}[:=]\s{0,8}|\b[\w.]{0,40}(?:basic|digest|proxy)auth\s{0,4}(?=\())"
    rf"(?:[\w.]{{0,40}}auth\s{{0,4}})?[(\[]\s{{0,8}}{_ITEM}\s{{0,8}},\s{{0,8}}[rbfu]{{0,2}}){_STRING}",
    # Commands, in a line for a shell or in a text that is given to one.
    rf"(\bcurl\b{_WORDS}(?:-[a-zA-Z]{{0,5}}u\s{{0,4}}|--(?:proxy-)?user[=\s]\s{{0,4}})[\"']?[^\s:\"'$]{{1,100}}:)"
    r"(?P<secret>(?!\$)[^\s\"']{1,500})",
    rf"(\b(?:mysql\w{{0,12}}|mariadb[\w-]{{0,12}})\b{_WORDS}-p){_VALUE}",
    rf"(\bsshpass\s{{1,4}}-p\s{{0,4}}){_VALUE}",
    r"((?:system|popen|run|call|output|Popen)\(\s{0,8}[rbfu]{0,2}[\"'][^\n]{0,300}?\s--[\w-]{0,30}?pass(?:word|wd|phrase)?[=\s]\s{0,4})"
    rf"{_VALUE}",
]
# In a line for a shell or a magic nothing needs quotes: `%env X_TOKEN=…`, `!mysql --password …`, `PW=…`.
_SHELL = re.compile(
    rf"(?i)((?:{_NAME}(?:\s{{0,4}}=\s{{0,4}}|\s{{1,4}})|(?<![\w-])(?:\w{{1,30}}_)?(?:pass|pw)=|(?<![\w-])--pass[=\s]\s{{0,4}}))"
    r"([^\s\"'$=\[][^\s]{0,500})"
)
_SHELL_QUOTED = re.compile(r"(?i)((?<![\w-])--[\w-]{0,30}?pass(?:word|wd|phrase)?\s{1,4}[\"'])([^\"'$\n]{1,500})")


class Masking:
    """
    @param own: patterns besides those here, one a line; None: there are none
    @param own_file: a file with such
    Where a pattern can't be read all code is withheld: who set one wanted something kept in.
    """

    def __init__(self, own=None, own_file=None):
        self.problem = None
        self._patterns = [re.compile(one) for one in _WHOLE + _AFTER]
        try:
            lines = (own or "").splitlines()
            if own_file:
                with open(own_file, encoding="utf-8") as file:
                    lines += file.read(1_000_000).splitlines()
            self._patterns += [re.compile(line) for line in lines if line.strip() and not line.startswith("#")]
        except (OSError, ValueError, re.error, RecursionError, OverflowError) as problem:
            self.problem = f"{WITHHELD[1:-1]}: {problem}"

    def __call__(self, text):
        if self.problem is not None:
            return WITHHELD if text else text
        for pattern in self._patterns:
            text = pattern.sub(_masked, text)
        return _in_shell_lines(text)


def _masked(match):
    """What a named group or, of an own pattern, the first one holds; without groups all of it."""
    names = match.re.groupindex
    found = [match.span(name) for name in names if match.group(name) is not None]
    if not found and match.re.groups and not names and match.group(1) is not None:
        found = [match.span(1)]
    start, end = found[0] if found else match.span()
    whole = match.group()
    begin = match.start()
    if whole[start - begin : end - begin] == MASK:
        return whole
    return whole[: start - begin] + MASK + whole[end - begin :]


def _in_shell_lines(text):
    """Of a cell for a shell every line, else those that begin with `!` or `%`."""
    if "!" not in text and "%" not in text:
        return text
    whole = re.match(r"\s*%%(?:bash|sh|zsh|script|system|!|env|sql)", text) is not None
    return "".join(
        _SHELL_QUOTED.sub(_unquoted, _SHELL.sub(_unquoted, line)) if whole or line.lstrip()[:1] in ("!", "%") else line
        for line in text.splitlines(keepends=True)
    )


def _unquoted(match):
    return match.group() if match.group(2).startswith(MASK) else match.group(1) + MASK
