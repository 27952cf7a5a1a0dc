"""Whether everything the portal needs is there and well, and what to do where it is not."""
