"""Why something cannot be done now: the reasons as values, and ``Declined``, which carries one."""
