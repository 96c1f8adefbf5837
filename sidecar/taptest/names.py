"""What dialects are called on the command line; apart, so that help loads nothing else."""

NAMES = (
    "plain",
    "audiohook",
    "twilio",
    "telnyx",
    "signalwire",
    "plivo",
    "jambonz",
    "freeswitch",
    "vonage",
    "asterisk",
    "audiosocket",
)
