"""The lecture's page: its sections, as markup."""
