"""How deliveries reach the bot: Socket Mode or signed HTTP requests, through one Bolt app."""
