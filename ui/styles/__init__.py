"""The look of the portal's parts."""
