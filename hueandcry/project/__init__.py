"""Wiring: settings, urls, the command line, the embedded database. No desk imports it."""
