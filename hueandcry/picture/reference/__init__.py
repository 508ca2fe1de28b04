"""What figures are put beside: the legal crosswalk, regions, exchange rates, inhabitants, enterprises."""
