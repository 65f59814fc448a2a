"""What tests of faults are made of; `faultserver` beside it is the origin that they ask."""
