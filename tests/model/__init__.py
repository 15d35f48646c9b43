"""What everything else is said in."""
