"""What Tidings costs, as ratios to known things that are measured beside it in the same run."""
