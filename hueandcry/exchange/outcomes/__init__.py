"""What came of a report, said by police or a CERT."""
