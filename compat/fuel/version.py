"""The release of Fuel whose interface this package offers."""
version = '0.2.0'
