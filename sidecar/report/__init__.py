"""What a call was like, for a person to read: a kept call flows in, text, JSON or one HTML page flows out."""
