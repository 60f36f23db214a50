-- Pages of petitions as a browser asks for them, one after the other and round again.
-- Arguments: the numbers of the first and of the last.
local headers = { ["Accept"] = "text/html", ["Accept-Encoding"] = "gzip" }
local first, last, number

function init(args)
  first, last = tonumber(args[1]), tonumber(args[2])
  number = last
end

function request()
  number = number < last and number + 1 or first
  return wrk.format("GET", string.format("/petitions/%d/", number), headers)
end
