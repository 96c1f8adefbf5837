"""The screens: a panel beside the agent, a floor for the supervisor."""
