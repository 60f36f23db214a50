"""How numbers are written where Django's own rules for a language are not what its readers expect."""
