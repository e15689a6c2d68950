#!/bin/bash
# Empties this Envoy before it is stopped; SIGTERM alone would cut the calls in flight.
#
# 1. Envoy says that it is not ready, so that nobody is sent here any more, and asks each connection that it answers on
#    to close: callers open their next one elsewhere. Calls in flight go on, new ones are still taken.
# 2. Waits for DRAIN_MIN seconds, in which load balancers hear of it, and then until no call is in flight, DRAIN_MAX
#    seconds in all.
#
# It always succeeds, so that whoever stops Envoy goes on; what it printed says how it went.
set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/admin.sh"

min=${DRAIN_MIN:-20}
max=${DRAIN_MAX:-3660}
look=${DRAIN_LOOK:-1}

in_flight() {
  ask GET '/stats?filter=%5Ehttp%5C.gateway%5C.downstream_rq_active%24' | tr -d '\r' |
    sed -n 's/^http\.gateway\.downstream_rq_active: //p'
}

read -r _ status _ < <(ask POST /healthcheck/fail 2>/dev/null)
if [[ ${status:-none} != 200 ]]; then
  echo "drain: Envoy does not take the request to drain (${status:-no answer})"
  exit 0
fi

SECONDS=0
echo "drain: begun, $(in_flight) calls in flight"
while true; do
  calls=$(in_flight)
  if [[ -z $calls ]]; then
    echo "drain: Envoy has ended meanwhile"
    exit 0
  elif ((SECONDS >= max)); then
    echo "drain: $calls calls still in flight after $SECONDS s"
    exit 0
  elif ((calls == 0 && SECONDS >= min)); then
    echo "drain: empty after $SECONDS s"
    exit 0
  fi
  sleep "$look"
done
