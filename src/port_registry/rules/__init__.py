"""What is wrong: a rule a module, and the table of them."""
