"""Project glue: settings, routes, the periodic jobs, probes, and the local servers of the demo and the tests."""
