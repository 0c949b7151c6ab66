"""What an owner changes: the document, its levers on a calibrated shop, what was seen of each, and what differs."""
