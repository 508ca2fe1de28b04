"""The ledger: what comes in, what is promised, what is paid, in a few words that each become balanced lines."""
