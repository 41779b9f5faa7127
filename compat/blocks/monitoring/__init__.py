"""The values of variables over a whole data set, and during training."""
