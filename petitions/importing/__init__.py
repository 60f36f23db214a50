"""Petitions that were counted and decided elsewhere: read, checked line by line, and kept with their own dates.

Import fires nothing: no signal, no mail, no clock, no threshold, no audit row.
"""
