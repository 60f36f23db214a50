"""The We the People API, version 1, at ``/v1/``: what tools made for petitions.whitehouse.gov ask for.

``arguments`` reads what is asked, ``finding`` finds it, ``petitions``, ``signatures`` and ``responses`` describe it,
``envelope`` wraps it. Partners sign through ``signing`` with a key of ``keys`` and hear of confirmations by
``validations``.
"""
