-- The state gate: refuses calls before any upstream is asked.
--
-- Listed after grpc_web (and the rate limit), so that its answers are translated and carry CORS. It runs only where a
-- call is to be refused; why, and which stack is active, is said by the route, in its filter context.
--
-- Table given by the renderer:
--   GATE = { unknownMethod = { status, message, reason, safe, http, native = { status, message } }, ... }

local function starts(text, prefix)
  return text:sub(1, #prefix) == prefix
end

function envoy_on_request(handle)
  local context = handle:filterContext()
  local failure = GATE[context:get("rule")]
  -- As the call came: grpc_web has changed the content type by now. The HTTP version stands before it.
  local kind = (handle:headers():get("x-e6-protocol") or ""):match(" (.*)") or ""
  if not starts(kind, "application/grpc") then
    -- No gRPC of any kind: a person with a browser or curl, who reads the HTTP status and the text.
    handle:respond({ [":status"] = failure.http, ["content-type"] = "text/plain" }, failure.message .. "\n")
    return
  end
  local said = starts(kind, "application/grpc-web") and failure or failure.native
  handle:respond({
    [":status"] = "200",
    ["content-type"] = "application/grpc",
    ["grpc-status"] = said.status,
    ["grpc-message"] = said.message,
    ["x-e6-reason"] = failure.reason,
    ["x-e6-retry-safe"] = failure.safe,
    ["x-e6-active-strategy"] = context:get("active"),
    ["x-e6-upstream-status"] = "0",
  }, nil)
end
