# shellcheck shell=bash
# Asks Envoy's own interface of this container or pod, with nothing but bash: Envoy's image has no curl. To be sourced.
#
#   ask METHOD PATH    prints the answer: status line, headers, body. Fails where nobody answers.
#
# ADMIN_PORT: Envoy's own interface, on loopback.

ask() {
  local connection
  exec {connection}<>"/dev/tcp/127.0.0.1/${ADMIN_PORT:-9901}" || return 1
  printf '%s %s HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n' "$1" "$2" >&"$connection"
  cat <&"$connection"
  exec {connection}>&-
}
