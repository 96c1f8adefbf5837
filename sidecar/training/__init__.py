"""How the noticing numbers are learned and measured: labelled lines in, nudges/packs/noticing.json and figures out."""
