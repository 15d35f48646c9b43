"""What sets the bot going: slash commands, buttons, the clock; and how answers leave it."""
