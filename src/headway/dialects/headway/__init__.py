"""Our own dialect: follow, list, explain and cancel operations, whoever began them."""
