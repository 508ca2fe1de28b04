"""No tables yet: the picture is drawn from the reports themselves."""
