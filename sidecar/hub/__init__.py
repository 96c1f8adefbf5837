"""The floor's hub: what many workstations say flows in, each supervisor's view of it and people's actions flow out."""
