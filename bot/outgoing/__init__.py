"""Sends what the outbox holds; failures and the circuit breaker decide when to try again."""
