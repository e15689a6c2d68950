-- The error map: every error that a gRPC-Web caller gets is HTTP 200, trailers-only.
--
-- Listed before grpc_web, so that on the way back it runs after it: grpc_web has done with the body by then, and only
-- headers are edited here. Native gRPC callers pass untouched, but for the active stack's name beside a refusal.
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
  if kind == nil or kind:sub(1, 20) ~= "application/grpc-web" then return end
  -- Exactly what grpc_web translates. Any other it leaves alone, and the gate refuses it.
  local served = kind == "application/grpc-web+proto" or kind == "application/grpc-web"
  handle:streamInfo():dynamicMetadata():set("e6.gateway", served and "web" or "unserved", "1")
end

function envoy_on_response(handle)
  local mine = handle:streamInfo():dynamicMetadata():get("e6.gateway")
  local headers = handle:headers()
  if mine ~= nil and mine["web"] ~= nil then
    local status = headers:get(":status")
    if status ~= "200" then
      answer(headers, UPSTREAM[status] or unnamed(status), status)
      -- Content type, length and body are grpc_web's work, done by now.
      headers:replace(":status", "200")
      headers:remove("location")
    elseif mine["page"] ~= nil then
      answer(headers, NOT_GRPC, "200")
    end
  elseif mine ~= nil and mine["page"] ~= nil then
    -- As the upstream sent it: native callers know what to make of a page.
    headers:remove("x-e6-reason")
  end
  if headers:get("x-e6-reason") ~= nil then
    if mine ~= nil and mine["unserved"] ~= nil then
      -- Envoy has dropped it with the body, and grpc_web, which sets it for the others, has not.
      headers:replace("content-type", "application/grpc-web+proto")
    end
    -- Userdata: indexing it with [] gives nil without an error.
    headers:replace("x-e6-active-strategy", handle:filterContext():get("active"))
  end
end
