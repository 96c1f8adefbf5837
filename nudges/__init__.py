"""The thinking: events in, events out, nothing else."""
