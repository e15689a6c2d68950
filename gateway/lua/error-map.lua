-- The error map: every error that a gRPC-Web caller gets is HTTP 200, trailers-only.
--
-- Listed before grpc_web, so that on the way back it runs after it: grpc_web has done with the body by then, and only
-- headers are edited here. It is shown the errors of gRPC-Web callers alone.
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

function envoy_on_response(handle)
  -- Userdata: indexing it with [] gives nil without an error.
  local active = handle:filterContext():get("active")
  -- What was no good HTTP has met no route, and no matcher could tell whose it is.
  if active == nil then return end
  local headers = handle:headers()
  local status = headers:get(":status")
  if status ~= "200" then
    answer(headers, UPSTREAM[status] or unnamed(status), status)
    headers:replace(":status", "200")
    headers:remove("location")
  elseif headers:get("x-e6-reason") == NOT_GRPC.reason then
    answer(headers, NOT_GRPC, "200")
  end
  -- Length and body are grpc_web's work, done by now. For kinds of gRPC-Web that it does not serve, Envoy has dropped
  -- the type with the body.
  headers:replace("content-type", "application/grpc-web+proto")
  headers:replace("x-e6-active-strategy", active)
end
