"""A network that travels: trained here and run elsewhere, or the other way round."""
