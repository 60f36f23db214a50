-- Every request is another person on another network: half of the networks are IPv4 addresses, half IPv6 /48s.
-- Arguments: the path, a word that no other run uses, the number to begin with, the names of the fields.
local path, run, number, fields
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function init(args)
  path, run, number = args[1], args[2], tonumber(args[3])
  fields = args[4] or "&postcode=SW1A+1AA&country=GB&eligible=on"
end

local function letters(n)
  local word = ""
  repeat
    word = string.char(97 + n % 26) .. word
    n = math.floor(n / 26)
  until n == 0
  return word
end

function request()
  number = number + 1
  if number % 2 == 0 then
    headers["X-Forwarded-For"] = string.format(
      "10.%d.%d.%d", math.floor(number / 65536) % 256, math.floor(number / 256) % 256, number % 256)
  else
    headers["X-Forwarded-For"] = string.format("fd%02x:%x:%x::1", math.floor(number / 65536) % 256, number % 65536, 7)
  end
  local body = string.format(
    "name=Ann+Example+%s&email=person.%d.%s@d%d.example%s", letters(number), number, run, number % 500, fields)
  return wrk.format("POST", path, headers, body)
end
