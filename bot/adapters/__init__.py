"""The ports' real implementations; the only importers of vendors' clients, whose errors end here."""
