"""Staff: users, departments, roles. Citizens have no account."""
