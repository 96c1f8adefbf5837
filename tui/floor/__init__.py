"""The supervisor's floor: what the hub says in, a drawn screen out; the supervisor's keys become actions."""
