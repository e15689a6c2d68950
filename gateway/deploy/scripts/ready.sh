#!/bin/bash
# Succeeds while Envoy takes calls: for the health check of a container, whose Envoy answers on loopback alone.
set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/admin.sh"

read -r _ status _ < <(ask GET /ready 2>/dev/null)
[[ ${status:-none} == 200 ]]
