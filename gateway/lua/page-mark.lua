-- The page mark: notices an upstream's HTTP 200 that is no gRPC, a load balancer's page for example.
--
-- Listed after grpc_web, so that on the way back it runs before it: grpc_web rewrites the content type. It is shown
-- what gRPC-Web callers get that is no gRPC.
--
-- Given by the renderer: REASON, by which the error map, which comes after grpc_web, knows such an answer.

function envoy_on_response(handle)
  local headers = handle:headers()
  -- What has a reason already was made by the gateway.
  if headers:get(":status") == "200" and headers:get("x-e6-reason") == nil then
    headers:add("x-e6-reason", REASON)
  end
end
