"""What is counted: events become states, counters, scores, recommendations and incidents."""
