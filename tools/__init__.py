"""What the project makes of itself: run from the checkout, shipped with nothing."""
