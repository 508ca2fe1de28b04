"""Record linkage on any table: settings as data, what was learnt, pairs, clusters. No Django here."""
