"""What travels between the parts, and how sound becomes words."""
