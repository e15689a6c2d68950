#!/bin/bash
# Runs the deployment tool for the gateways of a Kubernetes cluster:
#
#   with-gateways.sh [--namespace NAME] VERB [ARGUMENT...]     NAME: e6data, unless it is said
#
# Envoy's own interface answers on the loopback of its pod alone. kubectl forwards a port of this machine to that of each
# gateway that runs, and the tool asks them there (`--replicas`). The ports are gone when the tool is done.
set -euo pipefail

namespace=e6data
if [[ ${1:-} == --namespace ]]; then
  namespace=${2:?with-gateways.sh: --namespace needs a name}
  shift 2
fi
: "${1:?with-gateways.sh: name a verb, such as status}"

mapfile -t pods < <(kubectl --namespace "$namespace" get pods --selector=app.kubernetes.io/name=e6-gateway \
  --field-selector=status.phase=Running --output=name)
if ((${#pods[@]} == 0)); then
  echo "with-gateways.sh: no gateway runs in namespace $namespace" >&2
  exit 2
fi

forwards=()
replicas=()
trap '((${#forwards[@]} == 0)) || kill "${forwards[@]}" 2>/dev/null || true' EXIT
for pod in "${pods[@]}"; do
  # The first line that it prints names the port: "Forwarding from 127.0.0.1:43211 -> 9901".
  exec {output}< <(exec kubectl --namespace "$namespace" port-forward --address=127.0.0.1 "$pod" :9901)
  forwards+=($!)
  if ! read -r -t 20 -u "$output" line || [[ ! $line =~ ^Forwarding\ from\ 127\.0\.0\.1:([0-9]+)\  ]]; then
    echo "with-gateways.sh: $pod cannot be reached by a port" >&2
    exit 2
  fi
  replicas+=("http://127.0.0.1:${BASH_REMATCH[1]}")
done

# Where --replicas has to be one word.
IFS=,
node "$(dirname "$0")/../../../scripts/run-part.mjs" deploy "$@" --replicas "${replicas[*]}"
