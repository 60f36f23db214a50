-- As programs ask: they take packed answers.
wrk.headers["Accept-Encoding"] = "gzip"
