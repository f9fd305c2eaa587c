"""Effects that must not happen twice, tokens that must not be refreshed twice, budgets that must be shared."""
