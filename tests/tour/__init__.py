"""Pictures of the bot for the README: a real bot in the morning's world, driven and photographed in a browser."""
