"""The decisions of a sequence: which window is next, what follows from a window's end or from an instruction."""
