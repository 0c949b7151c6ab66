"""From exports to raw tables: recognises files by content, reads them, sets bad rows aside, loads each file once."""
