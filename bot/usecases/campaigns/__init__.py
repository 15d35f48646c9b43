"""Campaigns: which are known, services that are limited to one of them, and how people open and close them."""
