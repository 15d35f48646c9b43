"""What runs without being asked: the scheduler's jobs, the leader election, and the watchdog of the event loop."""
