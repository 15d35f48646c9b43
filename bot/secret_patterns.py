"""The forms of secrets: the tokens of well-known services, and the ways in which people write passwords.

The list of tokens follows https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml and
https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns.
The group ``secret`` of each match is hidden. Digests, UUIDs, dates and customers' names match none of the forms.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One form. ``marks`` saves time: a text in which none of them occurs (in lower case) is not searched."""

    marks: tuple[str, ...]
    expression: re.Pattern[str]


def _form(marks: str, pattern: str, flags: int = re.IGNORECASE) -> Form:
    return Form(tuple(marks.split()), re.compile(pattern, flags))


# Ends at white space or a quotation mark, which no token contains.
_UNBROKEN = r"""[^\s'"”<>]+"""
# Words that follow "password" or "token" in a sentence, and are no secret.
_WORDS = (
    r"(?:null|none|nil|true|false|undefined|empty|missing|required|optional|invalid|wrong|incorrect|bad|expired"
    r"|revoked|rejected|refused|denied|unknown|unset|not|no|is|was|are|has|must|may|authentication|authorization"
    r"|auth|tokens?|scheme|credentials?|realm|errors?|format|and|or|for|in|of|from|with|to|the|a|an|string|env)\b"
)
# A value in quotation marks (also escaped ones) or in brackets. It ends at the closing mark, or at the end of the
# text.
_QUOTED = (
    r"""\\+"(?:[^"\\]|\\(?!"))*|"(?:[^"\\]|\\.)*"?|"""
    r"""\\+'(?:[^'\\]|\\(?!'))*|'(?:[^'\\]|\\.|'')*'?|“[^”]*”?|\[[^\]]*\]?|\{[^}]*\}?"""
)
# A value that mixes small letters, capitals and digits, as no word does. It contains no date: a name with a day in it
# is no secret.
_MIXED = (
    r"""(?-i:(?=[^\s'"”<>]{0,100}[0-9])(?=[^\s'"”<>]{0,100}[a-z])(?=[^\s'"”<>]{0,100}[A-Z]))"""
    r"""(?![^\s'"”<>]{0,100}\d{4}-\d\d)[^\s'"”<>]{8,}"""
)
_INSIDE = r"""(?:[^\s&'"”]|['"](?=[a-z0-9]))*"""
_BARE = rf"""(?!(?:null|none|true|false)\b)[^\s&'"”“\\\[{{]{_INSIDE}"""
# After a colon a sentence may follow: "the password: check it" holds no secret.
_AFTER_COLON = (
    rf"""(?!{_WORDS}|\d{{1,3}}\b)"""
    rf"""(?:[a-z]*[^\sa-z&'"”“\\\[{{]{_INSIDE}|[a-z]{{6,}}(?=\s*(?:[,;}}\])\n]|\Z)))"""
)
_CLEARLY = r"pass(?:word|wd|phrase)|pwd|secret(?:[_-]?access)?(?:[_-]?key)?|credentials?"
_PASSWORD = (
    rf"(?:{_CLEARLY}"
    r"|(?:api|access|private)[ ]key"
    r"|(?:api|access|private|account|shared[_-]?access|encryption|signing|master|storage)[_-]?key(?:[_-]?id)?"
    r"|x-[a-z]{1,20}(?:-[a-z]{1,20})?-key)(?:[_-]?\d{1,3})?"
)
# Tokens for paging give no access, and a number after "token" is a count.
_PAGES = ("page", "next", "continuation", "cursor", "sync", "start", "resume", "scroll", "unexpected")
_PASS = "(?:" + "".join(rf"(?<!{word})(?<!{word}[_ -])" for word in _PAGES) + r"token|(?<![a-z0-9])pass)"
_NO_COUNT = r"(?!\d{1,9}\b)"
_MARKS = r"""(?:["'\\]|%22|%27|%5c){0,4}\s{0,5}"""
_EQUALS = rf"""{_MARKS}(?:=>|->|:=|=|%(?:25)?3d)\s{{0,5}}"""
_COLON = rf"""{_MARKS}(?::|%(?:25)?3a)\s{{0,5}}"""

# The text USER:PASSWORD is a placeholder in instructions, and is not hidden.
_NO_FORM = r"://(?!(?-i:USER:PASSWORD)@)"
SECRET_NAME = re.compile(rf"(?:{_CLEARLY})\Z", re.IGNORECASE)
_NAMED = "pass pwd secret credential key"

FORMS = (
    _form("xox xapp-", rf"(?P<secret>xox[a-z](?:\.xox[a-z])?-{_UNBROKEN}|xapp-{_UNBROKEN})"),
    _form("hooks.slack", rf"hooks\.slack\.com/(?P<secret>{_UNBROKEN})"),
    _form("://", _NO_FORM + r"""(?P<secret>[^/\s@”'"]{1,1000}(?:@[^/\s@”'"]{1,1000})?)(?=@)"""),
    # A password with a slash in it. A text with a port in its place is an address, and has no password.
    _form("://", _NO_FORM + r"""(?P<secret>[^/\s@:”'"]{1,500}:(?!\d{1,5}[/?#])[^\s@”'"]{1,500})(?=@)"""),
    # A URL that was cut off, so that no @ follows its password.
    _form(
        "://",
        _NO_FORM + r"""(?P<secret>[^/\s@:”'"]{0,500}:(?!(?:\d{1,5}|port)(?:\W|\Z))[^/\s@”'"…]{1,500})(?=…|\s|\Z)""",
    ),
    # A URL inside a URL.
    _form("%3a%2f%2f", r"""%3a%2f%2f(?P<secret>(?:(?!%2f|%40)[^\s/'"]){1,500})(?=%40)"""),
    _form(
        "= %3d",
        r"[?&;](?:ticket|sig|signature|code|auth|jwt|x-amz-(?:signature|credential|security-token)|x-goog-signature)"
        r"(?:=|%3d)(?!\d{1,4}\b|none\b|null\b)(?P<secret>[^&\s'\"”<>#]+)",
    ),
    _form("= %3d", r"\b(?:sig|signature|x-amz-signature|x-goog-signature)(?:=|%3d)(?P<secret>[^&\s'\"”<>#]{16,})"),
    _form("bearer", rf"\bbearer:?(?:\s|%20|\+){{1,5}}(?!{_WORDS})(?P<secret>{_UNBROKEN})"),
    _form("authorization", rf"""\bauthorization["'\\]{{0,4}}\s{{0,5}}[:=]["'\s]{{0,5}}(?P<secret>{_MIXED})"""),
    _form("auth", r"""\b(?:basic_?)?auth["']?\s{0,5}[=:]\s{0,5}(?P<secret>\(\s{0,5}['"][^)]*\)?)"""),
    # "-pSECRET" in one word, only for programs that take it so: elsewhere "-p" begins a word or names a port.
    _form(
        "-p",
        rf"""\b(?:mysql|mariadb|sshpass)[a-z_-]{{0,12}}\s(?:[^\s]{{1,60}}\s){{0,8}}?-p"""
        rf"""(?P<secret>{_QUOTED}|{_UNBROKEN})""",
    ),
    _form("sshpass", rf"""\bsshpass\s-p\s{{1,3}}['"]?(?P<secret>{_UNBROKEN})"""),
    _form("key= key%3d", rf"(?:[?&;]|%3f|%26)key(?:=|%3d)(?P<secret>{_MIXED})"),
    _form("-u", r"""\s(?:-u|--user)[\s=]{1,3}['"]?(?P<secret>[^\s:'"]{1,200}:[^\s'"]{1,500})"""),
    _form(
        "authorization",
        rf"\bauthorization\W{{1,6}}(?:basic|token|apikey|key|negotiate|digest|ntlm)\s{{1,5}}(?P<secret>{_UNBROKEN})",
    ),
    _form("basic", r"\bbasic\s{1,5}(?=[a-z+/]{0,200}[0-9=])(?P<secret>[a-z0-9+/]{6,}={0,2})"),
    _form("cookie", r"\bcookie\s{0,3}[:=]\s{0,3}(?P<secret>[^\s'\"][^\n'\"]*)"),
    _form("x-clickhouse-key", rf"\bx-clickhouse-key\W{{1,6}}(?!\(?hidden\))(?P<secret>{_UNBROKEN})"),
    _form(
        "private",
        r"(?P<secret>-----BEGIN[A-Z0-9 %+]{1,40}PRIVATE(?: |\+|%20)KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*"
        r"(?:-----END[A-Z0-9 %+]{0,60}-----)?)",
    ),
    # A private key without its first line.
    _form("mii", r"(?P<secret>\bMII[A-Za-z0-9+/]{40,}={0,2})", re.ASCII),
    _form("eyj", r"(?P<secret>\beyJ[\w-]{8,}(?:\.[\w-]*){0,4})", re.ASCII),
    _form(
        "akia asia abia acca a3t gh github_pat glpat- gl ops_ aiza ya29 gocspx ruby key- _live_ _test_ _prod_ whsec_ "
        "npm_ pypi- sg. v1_ hvs. hvb. hvr. dapi hf_ lin_api shp sk atatt iqoj sq0 "
        "glsa_ glc_ nrak- age-secret :aa atlasv1 dckr_",
        r"(?P<secret>\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"
        r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bgl[a-z]{2,5}-[\w-]{20,}"
        r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\bGOCSPX-[\w-]{20,}"
        r"|\b[rsp]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{16,}"
        r"|\bsk-(?:proj|svcacct|admin|ant|or)-[\w-]{20,}|\bsk-[A-Za-z0-9]{20,}"
        r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{50,}|\bSG\.[\w-]{16,64}\.[\w-]{16,64}|\bkey-[0-9a-f]{32}\b"
        r"|\bSK[0-9a-f]{32}\b|\bdo[opr]_v1_[a-f0-9]{40,}|\bhv[sbr]\.[\w-]{20,}|\bdapi[0-9a-f]{32}(?:-\d)?\b"
        r"|\bhf_[A-Za-z]{30,}|\blin_api_\w{30,}|\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}|\bglsa_\w{32,}"
        r"|\bglc_[\w+/=]{32,}|\bATATT3[\w=-]{20,}|\bIQoJ[\w+/=]{40,}|\bsq0[a-z]{3}-[\w-]{20,}"
        r"|\bNRAK-[A-Z0-9]{27}|\bAGE-SECRET-KEY-1[0-9A-Z]{50,}|\b\d{8,10}:AA[\w-]{32,}"
        r"|\b\w{14}\.atlasv1\.[\w=-]{60,}|\bdckr_[a-z]{3}_[\w-]{20,}|\brubygems_[a-f0-9]{48}|\bops_eyJ[\w-]{50,})",
        re.ASCII,
    ),
    # Named fields: NAME=value, "name": "value", name: value, --name value, and IDENTIFIED BY 'value' in SQL.
    _form(_NAMED, rf"{_PASSWORD}{_EQUALS}(?P<secret>{_QUOTED}|{_BARE})"),
    _form(_NAMED, rf"{_PASSWORD}{_COLON}(?P<secret>{_QUOTED}|{_AFTER_COLON})"),
    _form(_NAMED, rf"(?:{_CLEARLY})s(?:{_EQUALS}|{_COLON})(?P<secret>{_QUOTED})"),
    _form("pass token", rf"{_PASS}{_EQUALS}(?P<secret>{_QUOTED}|{_NO_COUNT}{_BARE})"),
    _form("pass token", rf"{_PASS}{_COLON}(?P<secret>{_QUOTED}|{_NO_COUNT}{_AFTER_COLON})"),
    _form("--", rf"--[a-z-]{{0,20}}?(?:{_PASSWORD}|token)\s{{1,5}}(?P<secret>{_QUOTED}|{_BARE})"),
    _form(
        "identified password",
        r"""(?:\bidentified\b[a-z0-9_ ]{0,40}\bby|\bpassword)\s{1,5}"""
        r"""(?P<secret>'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.)*"?)""",
    ),
    # Sentences: "the password is X", "token X".
    _form(
        "pass pwd secret credential key token",
        rf"(?:{_PASSWORD}|(?<!unexpected[ ])token)(?:\s{{1,5}}is)?\s{{1,5}}['\"“]?(?P<secret>{_MIXED})",
    ),
    # XML, and lists of a container's environment.
    _form("<", rf"<(?:{_PASSWORD}|token)[a-z0-9_]{{0,20}}>(?P<secret>[^<\n]+)"),
    _form(
        "value",
        rf"""(?:{_PASSWORD}|token)["'\\]{{1,4}}[,\s]{{1,9}}["'\\]{{0,4}}value["'\\]{{0,4}}\s{{0,5}}[:=]\s{{0,5}}"""
        rf"(?P<secret>{_QUOTED}|{_BARE})",
    ),
    # The arguments of ClickHouse's table functions (https://clickhouse.com/docs/sql-reference/table-functions).
    _form(
        "remote s3 gcs mysql postgresql mongodb redis azureblobstorage",
        r"\b(?:remote(?:Secure)?|s3(?:Cluster)?|gcs|mysql|postgresql|mongodb|redis|azureBlobStorage(?:Cluster)?)"
        r"\(\s{0,5}(?P<secret>'[^()]*)",
    ),
)

# Finds whether a text in lower case has the mark of any form.
ANY_MARK = re.compile("|".join(sorted({re.escape(mark) for form in FORMS for mark in form.marks})))
