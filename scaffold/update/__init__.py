"""Documents that exist, made again: which of them would be made otherwise now, why, and how that comes to them."""
