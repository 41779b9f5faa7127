"""``blocks_extras.extensions`` under its former name."""
