"""What sets the bot going: slash commands, buttons, dialogs, the clock; and how answers leave it."""
