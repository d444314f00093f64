"""Changes of a vendor's configuration: what was there, what a change did to it, and how the flow of a change went."""
