"""The forms of what must be shown to nobody, as public lists know them, and as people write them.

The list of tokens follows https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml and
https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns.
Of each match the group ``secret`` is hidden. Digests, UUIDs, dates and names of customers have none of these forms.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """``marks``: a text without any of these, in small letters, has nothing of the form."""

    marks: tuple[str, ...]
    expression: re.Pattern[str]


def _form(marks: str, pattern: str, flags: int = re.IGNORECASE) -> Form:
    return Form(tuple(marks.split()), re.compile(pattern, flags))


# Ends at a blank or a quotation mark, which no token holds.
_UNBROKEN = r"""[^\s'"”<>]+"""
# Said of a password or a token, instead of it.
_WORDS = (
    r"(?:null|none|nil|true|false|undefined|empty|missing|required|optional|invalid|wrong|incorrect|bad|expired"
    r"|revoked|rejected|refused|denied|unknown|unset|not|no|is|was|are|has|must|may|authentication|authorization"
    r"|auth|tokens?|scheme|credentials?|realm|errors?|format|and|or|for|in|of|from|with|to|the|a|an|string|env)\b"
)
# A value in quotation marks, escaped ones and those of a list too, ends where they do, or with the text.
_QUOTED = (
    r"""\\+"(?:[^"\\]|\\(?!"))*|"(?:[^"\\]|\\.)*"?|"""
    r"""\\+'(?:[^'\\]|\\(?!'))*|'(?:[^'\\]|\\.|'')*'?|“[^”]*”?|\[[^\]]*\]?"""
)
_BARE = r"""(?!(?:null|none|true|false)\b)[^\s&'"”“\\\[{][^\s&'"”]*"""
# With a colon it may be a sentence: "the password: check it" names none.
_AFTER_COLON = (
    rf"""(?!{_WORDS}|\d{{1,3}}\b)"""
    r"""(?:[a-z]*[^\sa-z&'"”“\\\[{][^\s&'"”]*|[a-z]{6,}(?=\s*(?:[,;}\])\n]|\Z)))"""
)
_CLEARLY = r"pass(?:word|wd|phrase)|pwd|secret(?:[_-]?access)?(?:[_-]?key)?|credentials?"
_PASSWORD = (
    rf"(?:{_CLEARLY}"
    r"|(?:api|access|private|account|shared[_-]?access|encryption|signing|master|storage)[_-]?key(?:[_-]?id)?"
    r"|x-[a-z]{1,20}(?:-[a-z]{1,20})?-key)(?:[_-]?\d{1,3})?"
)
# Those that tell where to read on open nothing; and numbers are counted.
_PAGES = ("page", "next", "continuation", "cursor", "sync", "start", "resume", "scroll", "unexpected")
_PASS = "(?:" + "".join(rf"(?<!{word})(?<!{word}[_ -])" for word in _PAGES) + r"token|\bpass)"
_NO_COUNT = r"(?!\d{1,9}\b)"
_EQUALS = r"""["'\\]{0,4}\s{0,5}(?:=>|:=|=|%3d)\s{0,5}"""
_COLON = r"""["'\\]{0,4}\s{0,5}:\s{0,5}"""

# What to write there, as the bot and others tell it.
_NO_FORM = r"://(?!(?-i:USER:PASSWORD)@)"
SECRET_NAME = re.compile(rf"(?:{_CLEARLY})\Z", re.IGNORECASE)
_NAMED = "pass pwd secret credential key"

FORMS = (
    _form("xox xapp-", rf"(?P<secret>xox[a-z](?:\.xox[a-z])?-{_UNBROKEN}|xapp-{_UNBROKEN})"),
    _form("hooks.slack", rf"hooks\.slack\.com/(?P<secret>{_UNBROKEN})"),
    _form("://", _NO_FORM + r"""(?P<secret>[^/\s@”'"]{1,1000}(?:@[^/\s@”'"]{1,1000})?)(?=@)"""),
    # A password with a slash in it; what has a port in its place is an address.
    _form("://", _NO_FORM + r"""(?P<secret>[^/\s@:”'"]{1,500}:(?!\d{1,5}[/?#])[^\s@”'"]{1,500})(?=@)"""),
    # Cut by whoever wrote it.
    _form(
        "://",
        _NO_FORM
        + r"""(?P<secret>[^/\s@:”'"]{1,500}:(?!\d{1,5}(?:\W|\Z))[^/\s@”'"]{1,500})(?=(?:…|\.\.\.)(?:\s|\Z))""",
    ),
    _form(
        "= %3d",
        r"[?&;](?:ticket|sig|signature|code|auth|jwt|x-amz-(?:signature|credential|security-token)|x-goog-signature)"
        r"(?:=|%3d)(?P<secret>[^&\s'\"”<>#]+)",
    ),
    _form("bearer", rf"\bbearer\s{{1,5}}(?!{_WORDS})(?P<secret>{_UNBROKEN})"),
    _form(
        "authorization",
        rf"\bauthorization\W{{1,6}}(?:basic|token|apikey|key|negotiate|digest|ntlm)\s{{1,5}}(?P<secret>{_UNBROKEN})",
    ),
    _form("basic", r"\bbasic\s{1,5}(?=[a-z+/]{0,200}[0-9=])(?P<secret>[a-z0-9+/]{6,}={0,2})"),
    _form("cookie", r"\bcookie\s{0,3}[:=]\s{0,3}(?P<secret>[^\s'\"][^\n'\"]*)"),
    _form("x-clickhouse-key", rf"\bx-clickhouse-key\W{{1,6}}(?!\(?hidden\))(?P<secret>{_UNBROKEN})"),
    _form(
        "private",
        r"(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*"
        r"(?:-----END[A-Z0-9 ]{0,60}-----)?)",
    ),
    _form("eyj", r"(?P<secret>\beyJ[\w-]{8,}(?:\.[\w-]*){0,4})", re.ASCII),
    _form(
        "akia asia abia acca a3t gh github_pat glpat- gl ops_ aiza ya29 gocspx ruby key- _live_ _test_ _prod_ whsec_ "
        "npm_ pypi- sg. v1_ hvs. hvb. hvr. dapi hf_ lin_api shp sk glsa_ glc_ nrak- age-secret :aa atlasv1 dckr_",
        r"(?P<secret>\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"
        r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bgl[a-z]{2,5}-[\w-]{20,}"
        r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\bGOCSPX-[\w-]{20,}"
        r"|\b[rsp]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{16,}"
        r"|\bsk-(?:proj|svcacct|admin|ant|or)-[\w-]{20,}|\bsk-[A-Za-z0-9]{20,}"
        r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{50,}|\bSG\.[\w-]{16,64}\.[\w-]{16,64}|\bkey-[0-9a-f]{32}\b"
        r"|\bSK[0-9a-f]{32}\b|\bdo[opr]_v1_[a-f0-9]{40,}|\bhv[sbr]\.[\w-]{20,}|\bdapi[0-9a-f]{32}(?:-\d)?\b"
        r"|\bhf_[A-Za-z]{30,}|\blin_api_\w{30,}|\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}|\bglsa_\w{32,}"
        r"|\bglc_[\w+/=]{32,}"
        r"|\bNRAK-[A-Z0-9]{27}|\bAGE-SECRET-KEY-1[0-9A-Z]{50,}|\b\d{8,10}:AA[\w-]{32,}"
        r"|\b\w{14}\.atlasv1\.[\w=-]{60,}|\bdckr_[a-z]{3}_[\w-]{20,}|\brubygems_[a-f0-9]{48}|\bops_eyJ[\w-]{50,})",
        re.ASCII,
    ),
    # Named: NAME=value, "name": "value", name: value, --name value, and as SQL has it.
    _form(_NAMED, rf"{_PASSWORD}{_EQUALS}(?P<secret>{_QUOTED}|{_BARE})"),
    _form(_NAMED, rf"{_PASSWORD}{_COLON}(?P<secret>{_QUOTED}|{_AFTER_COLON})"),
    _form("pass token", rf"{_PASS}{_EQUALS}(?P<secret>{_QUOTED}|{_NO_COUNT}{_BARE})"),
    _form("pass token", rf"{_PASS}{_COLON}(?P<secret>{_QUOTED}|{_NO_COUNT}{_AFTER_COLON})"),
    _form("--", rf"--[a-z-]{{0,20}}?(?:{_PASSWORD}|token)\s{{1,5}}(?P<secret>{_QUOTED}|{_BARE})"),
    _form(
        "identified password",
        r"(?:\bidentified\b[a-z0-9_ ]{0,40}\bby|\bpassword)\s{1,5}(?P<secret>'(?:[^'\\]|\\.|'')*'?)",
    ),
)
