"""A quick look at a product: a plane of its science array, made small, with the pixels that are not to be used marked."""
