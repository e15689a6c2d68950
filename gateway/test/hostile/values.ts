/** What the generated requests are made of: values at the edges of what HTTP and the gateway's own protocol take. */

/** The one method path that good calls go to. */
export const goodPath = "/QueryEngineService/status";

/** Methods of HTTP, and what looks like them. */
// biome-ignore format: a list
export const methods = [
  "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PRI", "PROPFIND", "M-SEARCH", "post", "Post", "POST ",
  " POST", "PO\tST", "PO(ST)", "", "P".repeat(5000),
] as const;

/** Paths beside the good one: of other services, of Envoy's own interface, and many ways to write the good one. */
// biome-ignore format: a list
export const paths = [
  "/", "*", "", "?", "QueryEngineService/status", "/QueryEngineService", "/QueryEngineService/", "/QueryEngineService/nope",
  "/QueryEngineService/status/", "/QueryEngineService/status/x", "/queryengineservice/status", "/QueryEngineService/STATUS",
  "//QueryEngineService/status", "/QueryEngineService//status", "/QueryEngineService/./status", "/./QueryEngineService/status",
  "/x/../QueryEngineService/status", "/../QueryEngineService/status", "/QueryEngineService/x/%2e%2e/status",
  "/QueryEngineService%2Fstatus", "/QueryEngineService%2fstatus", "/QueryEngineService%5cstatus", "/QueryEngineService\\status",
  "/%51ueryEngineService/status", "/QueryEngineService/%73tatus", "/QueryEngineService/status%00",
  "/QueryEngineService/status%0d%0a", "/QueryEngineService/status?", "/QueryEngineService/status?a=b",
  "/QueryEngineService/status?/ClusterService/resume", "/QueryEngineService/status;a=b", "/QueryEngineService/status#x",
  "/QueryEngineService/status%3Fa", "/QueryEngineService/status HTTP/1.1", "/QueryEngineService/status\t",
  "/QueryEngineService/status\0", "/QueryEngineService/status\r\nx-injected: 1", "/QueryEngineService/status\xe9",
  "http://elsewhere.test/QueryEngineService/status", "http://gateway.test/QueryEngineService/status", "ftp://x/",
  "/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/StorageService/status", "/stats",
  "/quitquitquit", "/config_dump", "/.well-known/x", "/%", "/%zz", `/${"a".repeat(4000)}`, `/${"a/".repeat(40_000)}`,
] as const;

/** Header names: those that mean something to the gateway, to Envoy or to HTTP, and some that are none. */
// biome-ignore format: a list
export const names = [
  "strategy", "plannerip", "cluster-name", "authorization", "content-type", "grpc-timeout", "grpc-encoding",
  "grpc-accept-encoding", "traceparent", "tracestate", "origin", "access-control-request-method", "x-request-id", "x-e6-reason",
  "x-e6-active-strategy", "x-e6-new-strategy", "x-e6-protocol", "grpc-status", "grpc-message", "x-grpc-web", "cookie", "range", "x-forwarded-for",
  "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-envoy-original-path", "x-envoy-internal",
  "x-envoy-upstream-rq-timeout-ms", "x-envoy-max-retries", "x-envoy-retry-on", "x-envoy-force-trace",
  "x-envoy-decorator-operation", "x-http-method-override", "te", "trailer", "via", "max-forwards", "accept-encoding",
  "user-agent", "date", "under_score", "grpc_status", "content_length", "", " ", "bad name", "bad:name", "bad\tname", "b\xe4d",
  "nul\0", "(x)", ":path", ":authority", ":status", "X-UPPER", "Strategy", `x-${"n".repeat(3000)}`,
] as const;

/** Names that say where a message ends or what becomes of its connection. */
// biome-ignore format: a list
export const connectionNames = [
  "host", "connection", "keep-alive", "proxy-connection", "upgrade", "http2-settings", "expect", "proxy-authorization",
] as const;

/** Names that only HTTP/2 can carry without ending the message elsewhere. */
// biome-ignore format: a list
export const lengthNames = [
  "content-length", "transfer-encoding",
] as const;

/** Header values: good ones in the wrong place, wrong ones in the right place, and some that no header may hold. */
// biome-ignore format: a list
export const values = [
  "", " ", "0", "1", "-1", "5", "4294967296", "blue", "green", "BLUE", " blue ", "yellow", "bluegreen", "blue,green",
  "blue, blue", "blue;q=1", '"blue"', "blue\0", "blue\x7f", "blue\x01", "bl\xfce", "blue\tgreen", "blue\rgreen", "blue\ngreen",
  "blue\r\nx-injected: 1", "blue\r\n folded", "blue\nx-injected: 1", "blue\r\n\r\nPOST / HTTP/1.1\r\n\r\n", "1S", "1m", "1n",
  "0m", "99999999H", "999999999S", "-1S", "1", "S", "1 S", "1x", "1.5S", "0x1S", "application/grpc-web+proto",
  "application/grpc-web", "application/grpc-web-text", "application/grpc-web-text+proto", "application/grpc-web+json",
  "application/grpc-web+proto; charset=utf-8", "application/grpc-web+proto;", "Application/gRPC-Web+Proto", "application/grpc",
  "application/grpc+proto", "application/grpc+json", "application/grpcx", "application/grpc-webx", "application/grpc-web+thrift",
  "application/json", "application/connect+proto", "text/html", "multipart/form-data; boundary=x", "*/*", "image/jpeg",
  "http://localhost:3000", "https://evil.test", "null", "http://localhost:3000, https://evil.test", "file://",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-zz-zz-01", "ff-0-0-0",
  "00-00000000000000000000000000000000-0000000000000000-00", "gzip", "identity", "deflate, gzip;q=0", "br", "trailers",
  "trailers, deflate", "chunked", "close", "keep-alive", "Upgrade, HTTP2-Settings", "upgrade", "h2c", "websocket",
  "AAMAAABkAAQAAP__", "100-continue", "202-accepted", "gateway.test", "gateway.test:99999", "127.0.0.1", "@", "a b", "10.0.0.7",
  "10.0.0.7:9000", "999.999.999.999", "::1", "[::1]", "../../etc/passwd", "%00", "%0d%0a", "$(id)", "' or 1=1 --", "<script>",
  "{}", "Bearer x", "Bearer ", "Basic AAAA", "x".repeat(1000), "x".repeat(9000), "x".repeat(70_000), "\xff\xfe\xfd",
] as const;

/** Content types of the two kinds of callers, for calls that are hostile elsewhere. */
// biome-ignore format: a list
export const callerTypes = [
  "application/grpc-web+proto", "application/grpc-web", "application/grpc",
] as const;
