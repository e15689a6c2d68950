#!/bin/bash
# kubectl, as far as with-gateways.sh asks it, in front of gateways of this machine: FAKE_PODS lists "name=port", separated
# by blanks. What it was asked is written to FAKE_LOG; forwarding lasts until it is killed.
echo "$*" >>"$FAKE_LOG"
case "$*" in
  *' get pods '*)
    for pod in $FAKE_PODS; do echo "pod/${pod%%=*}"; done
    ;;
  *' port-forward '*)
    for pod in $FAKE_PODS; do
      [[ " $* " == *" pod/${pod%%=*} "* ]] || continue
      echo "Forwarding from 127.0.0.1:${pod##*=} -> 9901"
      trap 'echo "ended ${0##*/}" >>"$FAKE_LOG"; exit 0' TERM
      while true; do sleep 1 & wait; done
    done
    exit 1
    ;;
  *) exit 1 ;;
esac
