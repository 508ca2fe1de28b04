"""The register: who and what helps countries against cybercrime, and how it is found."""
