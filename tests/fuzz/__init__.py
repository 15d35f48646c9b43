"""Inputs that nobody meant, by the thousand, for whatever takes input from outside."""
