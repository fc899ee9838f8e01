# The cluster that .ci/run tries the chart on: the one of KUBECONFIG, else the one-node cluster beside this checkout, where there is
# such a folder. Its programs take a new machine ten minutes to build, on both cores, so that begins early.
one_node=$PWD/../shared/kube
one_node_home=${KUBE_HOME:-$HOME/.cache/one-node-kube}
builder='' started_cluster=''

ours() { [ -z "${KUBECONFIG:-}" ] && [ -x "$one_node/up" ]; }

begin_building_cluster() {
  ours || return 0
  set -m # For a process group of its own.
  nice -n 19 "$one_node/build" >"$work/cluster-build.log" 2>&1 </dev/null &
  builder=$!
  set +m
}

# Tests wait for seconds, not for compilers: nothing of this may go on beside them.
finish_building_cluster() {
  local code=0
  wait "$builder" || code=$?
  builder=''
  cat "$work/cluster-build.log"
  return "$code"
}

start_cluster() {
  export KUBECONFIG=$one_node_home/run/admin.kubeconfig
  if ! kubectl get --raw /readyz; then
    started_cluster=yes
    "$one_node/up" || return
  fi
  "$one_node/base-images" || return
  # One tag for one content: a cluster that was up before may have an older one.
  IMAGE_TAG=ci-$(git rev-parse --short=12 HEAD)-$$
  export IMAGE_TAG
  local target
  for target in services trials tools; do
    "$one_node/image" "outerpark/$target:$IMAGE_TAG" . --target "$target" || return
  done
  kubectl get nodes --no-headers
}

# Whatever was up before stays so.
leave_cluster() {
  [ -z "$builder" ] || kill -KILL -- "-$builder" 2>/dev/null
  [ -z "$started_cluster" ] || "$one_node/down" >/dev/null 2>&1
  started_cluster=''
}
