-- What wrk sends and how it reports. Arguments: a file with the body or "-", a file with cookies (one a line) or "-".

local function read_lines(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

function init(arguments)
  if arguments[1] ~= "-" then
    local file = io.open(arguments[1], "rb")
    wrk.method = "POST"
    wrk.body = file:read("*a")
    wrk.headers["Content-Type"] = "application/json"
    file:close()
  end
  if arguments[2] ~= "-" then
    local requests, at = {}, 0
    for _, cookie in ipairs(read_lines(arguments[2])) do
      wrk.headers["Cookie"] = cookie
      requests[#requests + 1] = wrk.format()
    end
    request = function()
      at = at % #requests + 1
      return requests[at]
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,' ..
    '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
