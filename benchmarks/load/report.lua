-- One line for us to read after wrk's own words.
function done(summary, latency, requests)
  io.write(string.format(
    "BENCH %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.status + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
