"""The commands of ``hueandcry``, a file for each subject."""
