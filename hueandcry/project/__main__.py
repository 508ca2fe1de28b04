"""``python -m hueandcry.project`` is the command line."""

from hueandcry.project.cli import main

main()
