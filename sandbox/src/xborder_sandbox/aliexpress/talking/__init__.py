"""What seller and buyer say to each other: messages and evaluations."""
