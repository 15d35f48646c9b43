"""Fakes of the bot's own ports, which pass the same contract tests as the adapters."""
