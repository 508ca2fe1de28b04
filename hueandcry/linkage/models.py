"""No tables yet: linkage reads what the exchange keeps."""
