"""Changes that a person confirms: gather the context, propose, confirm, execute, record in the audit."""
