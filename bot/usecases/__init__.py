"""What the bot can do: one async function a file, ``(command, actor, services) -> result``, through the ports."""
