"""The sound devices of the agent's own machine: found and recorded here, turned into calls by `streams.taps.local`."""
