"""What a sequence does on one cluster, one step a file: the workflow decides, these act, through the ports.

Each may be carried out again after it has succeeded, when its answer was lost; each says why that does no harm.
"""
