"""The screens on which coordinators look after colleagues."""
