"""Who is in the channel of a world: two operators, one of them by the user group alone, a viewer and a guest."""

from local_slack import SlackSeed
from local_slack.workspace.people import User, UserGroup

OLIVIA = User("U00OLIVIA0", "olivia", "Olivia (operator)")
NOOR = User("U0000NOOR0", "noor", "Noor (operator)")
VICTOR = User("U00VICTOR0", "victor", "Victor (viewer)")
GUS = User("U00000GUS0", "gus", "Gus (guest)", is_guest=True)

PEOPLE = SlackSeed(
    users=(OLIVIA, NOOR, VICTOR, GUS),
    user_groups=(UserGroup("S0DATAONCL", "data-oncall", (OLIVIA.id, NOOR.id)),),
)
