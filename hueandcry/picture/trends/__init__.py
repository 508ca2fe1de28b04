"""Change over time: delay, exposure, seasons, change points, forecasts. Pure."""
