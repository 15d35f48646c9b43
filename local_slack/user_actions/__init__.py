"""What people do: type a command, press a button, fill in a modal; and the payloads this sends to the app."""
