"""Two snapshots of a schema, compared: pure, with no connection in sight."""
