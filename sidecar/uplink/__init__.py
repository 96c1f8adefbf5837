"""What leaves this machine for a floor of supervisors, and what comes back: calls' events in, the hub's line out."""
