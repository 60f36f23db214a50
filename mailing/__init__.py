"""The one way out for every mail: an outbox in the database, a sender, templates.

A row of the outbox names *what* is to be mailed about (ids), never to whom in clear: the kind's builder, registered by
the app that owns it, finds the address when the mail is sent.
"""
