"""What a world holds: clusters, customers, volumes, and what had been submitted when the story begins."""
