"""Looking at a cluster: its runs, their history, its sequences, its clock."""
