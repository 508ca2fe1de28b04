"""Other servers: TAXII collections and MISP feeds that are read, nodes that share a circle."""
