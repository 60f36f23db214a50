"""What our own figures are compared with: Django with next to nothing in it, on the same server and database."""
