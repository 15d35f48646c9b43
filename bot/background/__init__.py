"""Jobs that run again and again: the scheduler, leader election, and the event loop's watchdog."""
