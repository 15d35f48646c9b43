"""What ``check`` says about operators: whom the configuration names, and whether they may change anything."""

from bot.fleet.diagnostics.facts import (
    Forbidden,
    GroupLack,
    GroupLacks,
    Lack,
    MoreLacking,
    NobodyMay,
    NobodyNamed,
    NobodyNamedFor,
    NoneOfMembers,
    OperatorLacks,
    OperatorsFact,
    OperatorsUnknown,
    PersonLack,
    Unreadable,
    WhoMay,
)

_LACKS = {
    Lack.NO_SUCH_USER: "Slack knows no such user",
    Lack.DEACTIVATED: "deactivated",
    Lack.BOT: "a bot",
    Lack.GUEST: "a guest, who may look at most",
    Lack.NO_SUCH_GROUP: "Slack knows no such user group, or it is disabled",
    Lack.NO_MEMBERS: "it has no members",
}


def text(fact: OperatorsFact) -> str:  # noqa: PLR0911  (one line a kind is the point)
    """The fact as a line of the report."""
    match fact:
        case OperatorLacks(user_id, lack):
            return f"operator {user_id}: {_lack(lack)}"
        case GroupLacks(group_id, lack):
            return f"user group {group_id}: {_lack(lack)}"
        case MoreLacking(number):
            return f"and {number} more"
        case NobodyNamed():
            return "nobody may change anything: no operators and no operator_groups are named"
        case NobodyNamedFor(clusters):
            return f"nobody may change anything on {', '.join(clusters)}: operators are named for other clusters only"
        case NobodyMay():
            return "nobody may change anything: none of those named can"
        case WhoMay(people, groups):
            return f"who may change things: {people} by id, {groups} user groups"
        case OperatorsUnknown(error):
            return f"not known: {error}"


def _lack(lack: PersonLack | GroupLack) -> str:
    match lack:
        case Lack():
            return _LACKS[lack]
        case Forbidden(refusal):
            return refusal
        case Unreadable(why):
            return f"it cannot be read ({why})"
        case NoneOfMembers(number, reasons):
            return f"none of the {number} members looked at may change anything: {', '.join(map(_lack, reasons))}"
