"""Academy: competences, courses, accreditation, credentials."""
