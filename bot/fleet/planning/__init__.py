"""Plans: the windows of a range, how long each may take, and the request that starts one."""
