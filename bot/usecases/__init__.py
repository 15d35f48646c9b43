"""The use-cases, which act through the ports. The use-case of a command is an async function ``(command, actor,
services) -> result``. A use-case that only reads, or only makes a proposal, takes no ``actor``."""
