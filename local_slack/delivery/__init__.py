"""Deliveries to the app, by Socket Mode or by signed HTTP requests, with their acks and retries."""
