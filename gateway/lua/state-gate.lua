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

local function refuse(handle, failure)
  local kind = handle:headers():get("content-type")
  if not starts(kind, "application/grpc") then
    -- No gRPC of any kind: a person with a browser or curl, who reads the HTTP status and the text.
    handle:respond({ [":status"] = failure.http, ["content-type"] = "text/plain" }, failure.message .. "\n")
    return
  end
  -- What grpc_web has translated looks native by now, but is marked; what it has left alone still says what it is.
  local mark = handle:streamInfo():dynamicMetadata():get("e6.gateway")
  local untranslated = starts(kind, "application/grpc-web")
  local said = (untranslated or (mark ~= nil and mark["web"] ~= nil)) and failure or failure.native
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

function envoy_on_request(handle)
  -- Userdata, never nil: a route without a rule has an empty one.
  local rule = handle:filterContext():get("rule")
  if (rule == nil or rule == "notActive") and handle:headers():getNumValues("strategy") > 1 then
    -- Envoy matches each value of a repeated header by itself, so the routes cannot see this.
    rule = "badStrategy"
  end
  if rule ~= nil then refuse(handle, GATE[rule]) end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  -- A page of a load balancer with HTTP 200: seen here, since grpc_web rewrites the content type after this.
  if headers:get(":status") == "200" and headers:get("x-e6-reason") == nil
    and not starts(headers:get("content-type"), "application/grpc") then
    handle:streamInfo():dynamicMetadata():set("e6.gateway", "page", "1")
  end
end
