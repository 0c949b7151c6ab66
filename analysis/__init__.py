"""Questions asked of the marts that SQL answers badly: pure functions over frames, no files, no clock, no screen."""
