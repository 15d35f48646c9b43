"""The operations log of a day: its facts as values, and how they are derived."""
