-- Each confirmation link of a file once, in its order; when none is left, a link that fails, so that it is noticed.
-- Arguments: the file, one path a line.
local paths, number = {}, 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
end

function request()
  number = number + 1
  return wrk.format("POST", paths[number] or "/confirm/none-is-left/", headers, "")
end
