-- One page again and again, as a browser asks for it.
local headers = { ["Accept"] = "text/html", ["Accept-Encoding"] = "gzip" }
local path

function init(args)
  path = args[1]
end

function request()
  return wrk.format("GET", path, headers)
end
