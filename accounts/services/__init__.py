"""Who gets in (`signing_in`), and what becomes of colleagues (`colleagues`)."""
