"""What a world holds: clusters, customers, volumes, and the workflows submitted before the story begins."""
