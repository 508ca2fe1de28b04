"""Exchange: intake of members' files and forms, handling, and every way out."""
