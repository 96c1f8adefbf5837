"""One file per dialect that calls arrive in, all without sockets: messages in, events and answers out."""
