"""The whole thing: a sandbox and a bot as separate processes, driven as a person in the channel would."""
