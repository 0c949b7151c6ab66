"""What pages are made of. A component gets frames or figures and shows them; it never queries."""
