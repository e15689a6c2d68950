-- The page mark: notices an upstream's HTTP 200 that is no gRPC, a load balancer's page for example.
--
-- Listed after grpc_web, so that on the way back it runs before it: grpc_web rewrites the content type. Answers of gRPC
-- are not shown to it.

function envoy_on_response(handle)
  local headers = handle:headers()
  -- What has a reason already was made by the gateway.
  if headers:get(":status") == "200" and headers:get("x-e6-reason") == nil then
    handle:streamInfo():dynamicMetadata():set("e6.gateway", "page", "1")
    -- The error map is shown no answers that look good; what it makes of this one is its own affair.
    headers:add("x-e6-reason", "UPSTREAM_NOT_GRPC")
  end
end
