#!/bin/bash
# Hands the routes on to the gateways of a Kubernetes cluster: `deployment.publish` of the configuration names it.
#
#   publish.sh [--namespace NAME] ROUTES     NAME: e6data, unless it is said
#
# Puts the file into the ConfigMap that every gateway watches, and touches the gateways' pods: a kubelet brings the change
# at once then, and not with its next round, up to a minute later. It is not waited for here: the deployment tool asks
# each gateway. kubectl has to be there, and its user may get, create and patch configmaps, and list and patch pods.
set -euo pipefail

namespace=e6data
if [[ ${1:-} == --namespace ]]; then
  namespace=${2:?publish.sh: --namespace needs a name}
  shift 2
fi
routes=${1:?publish.sh: name the file of the routes}

if ! version=$(grep --only-matching --max-count=1 '"version_info":"[0-9a-f]*"' "$routes" | cut --delimiter='"' --fields=4) ||
  [[ -z $version ]]; then
  echo "publish.sh: $routes is no file of routes" >&2
  exit 2
fi

# kubectl has made the resource itself: there is nothing to validate, and no schema to be fetched for it.
kubectl create configmap e6-gateway-routes --from-file="routes.json=$routes" --dry-run=client --output=json |
  kubectl --namespace "$namespace" apply --server-side --force-conflicts --field-manager=e6-deploy --validate=false \
    --filename=-
kubectl --namespace "$namespace" annotate pods --selector=app.kubernetes.io/name=e6-gateway --overwrite \
  "e6data.com/routes=$version"
