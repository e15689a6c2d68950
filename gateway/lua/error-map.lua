-- The error map: every error that a gRPC-Web caller gets is HTTP 200, trailers-only.
--
-- Listed before grpc_web, so that on the way back it runs after it: grpc_web has done with the body by then, and only
-- headers are edited here. Native gRPC callers pass untouched.
--
-- Tables given by the renderer (one typed table is their source):
--   UPSTREAM  = { ["456"] = { status, message, reason, safe }, ... }
--   STATUS    = { ["401"] = "16", ... }  gRPC status of an upstream's other HTTP statuses
--   NOT_GRPC  = { status, message, reason, safe }

local function answer(headers, failure, upstream)
  headers:replace("grpc-status", failure.status)
  headers:replace("grpc-message", failure.message)
  headers:replace("x-e6-reason", failure.reason)
  headers:replace("x-e6-retry-safe", failure.safe)
  headers:replace("x-e6-upstream-status", upstream)
end

local function unnamed(status)
  return {
    status = STATUS[status] or "2",
    message = "the upstream answered HTTP " .. status,
    reason = "UPSTREAM_HTTP_" .. status,
    safe = "false",
  }
end

function envoy_on_request(handle)
  local kind = handle:headers():get("content-type")
  -- Exactly what grpc_web translates; any other content type it leaves alone, and so does this map.
  if kind == "application/grpc-web+proto" or kind == "application/grpc-web" then
    handle:streamInfo():dynamicMetadata():set("e6.gateway", "web", "1")
  end
end

function envoy_on_response(handle)
  local mine = handle:streamInfo():dynamicMetadata():get("e6.gateway")
  if mine == nil or mine["web"] == nil then return end
  local headers = handle:headers()
  local status = headers:get(":status")
  if status ~= "200" then
    answer(headers, UPSTREAM[status] or unnamed(status), status)
    -- Content type, length and body are grpc_web's work, done by now.
    headers:replace(":status", "200")
    headers:remove("location")
  elseif mine["page"] ~= nil then
    answer(headers, NOT_GRPC, "200")
  end
  if headers:get("x-e6-reason") ~= nil then
    -- Userdata: indexing it with [] gives nil without an error.
    headers:replace("x-e6-active-strategy", handle:filterContext():get("active"))
  end
end
