-- The state gate: refuses calls before any upstream is asked.
--
-- Listed after grpc_web (and the rate limit), so that its answers are translated and carry CORS. Which rule applies is
-- said by the route, in its filter context ("rule").
--
-- Table given by the renderer:
--   GATE = { unknownMethod = { status, message, reason, safe, http, native = { status, message } }, ... }

local function starts(text, prefix)
  return text ~= nil and text:sub(1, #prefix) == prefix
end

-- What grpc_web has translated looks native by now, but is marked.
local function is_translated(handle)
  local mark = handle:streamInfo():dynamicMetadata():get("e6.gateway")
  return mark ~= nil and mark["web"] ~= nil
end

local function refuse(handle, failure)
  local kind = handle:headers():get("content-type")
  if not starts(kind, "application/grpc") then
    -- No gRPC of any kind: a person with a browser or curl, who reads the HTTP status and the text.
    handle:respond({ [":status"] = failure.http, ["content-type"] = "text/plain" }, failure.message .. "\n")
    return
  end
  -- What grpc_web has left alone still says what it is.
  local untranslated = starts(kind, "application/grpc-web")
  local said = (untranslated or is_translated(handle)) and failure or failure.native
  handle:respond({
    [":status"] = "200",
    ["content-type"] = untranslated and "application/grpc-web+proto" or "application/grpc",
    ["grpc-status"] = said.status,
    ["grpc-message"] = said.message,
    ["x-e6-reason"] = failure.reason,
    ["x-e6-retry-safe"] = failure.safe,
    ["x-e6-upstream-status"] = "0",
  }, nil)
end

-- The rule for what the routes cannot see; nothing where nothing is wrong.
local function unseen(handle)
  local headers = handle:headers()
  -- Envoy matches each value of a repeated header by itself.
  if headers:getNumValues("strategy") > 1 then return "badStrategy" end
  -- Envoy compares a path without its query, which the engine would get.
  if headers:get(":path"):find("?", 1, true) then return "unknownMethod" end
  -- HTTP/1.1 brings no trailers to native gRPC: its caller would never learn how the call ended.
  if handle:streamInfo():protocol() == "HTTP/1.1" and not is_translated(handle) then return "badContentType" end
end

function envoy_on_request(handle)
  -- Userdata, never nil: a route without a rule has an empty one.
  local rule = handle:filterContext():get("rule")
  if rule == nil or rule == "notActive" then rule = unseen(handle) or rule end
  if rule ~= nil then refuse(handle, GATE[rule]) end
end
