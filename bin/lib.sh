# What the scripts beside this file share; sourced, never run.
# shellcheck shell=bash

# One line on standard error, and the end.
fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The tools nobody can do without.
need_toolchain() {
  command -v cargo >/dev/null || fail "cargo is not installed: Rust is needed, see https://rustup.rs"
  command -v node >/dev/null || fail "node is not installed: Node.js 20 or later is needed (apt-get install nodejs npm)"
  command -v npm >/dev/null || fail "npm is not installed: it comes with Node.js (apt-get install npm)"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "node $(node --version) is too old: 20 or later is needed"
  command -v cc >/dev/null || need_packages cc:build-essential
}

# need_packages PROBE:PACKAGE…: installs each Debian package whose command or file is absent. Only
# root can; anyone else is told what to install.
need_packages() {
  local absent=() pair
  for pair in "$@"; do
    local probe=${pair%%:*}
    case $probe in
      *'*'*) compgen -G "$probe" >/dev/null || absent+=("${pair#*:}") ;;
      *) command -v "$probe" >/dev/null || absent+=("${pair#*:}") ;;
    esac
  done
  [ ${#absent[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "please install: ${absent[*]}"
  [ "$(id -u)" = 0 ] || fail "please install: sudo apt-get install ${absent[*]}"
  echo "installing ${absent[*]}"
  # RUNLEVEL=1 keeps the packages' own services from starting.
  apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${absent[@]}" </dev/null >/dev/null \
    || fail "these packages could not be installed: ${absent[*]}"
}

# Where builds go when nobody said: outside the clone, so that a fresh one finds what is already
# compiled.
choose_target_dir() {
  if [ -z "${CARGO_TARGET_DIR:-}" ]; then
    CARGO_TARGET_DIR=/var/cache/vigie-target
    mkdir -p "$CARGO_TARGET_DIR" 2>/dev/null && [ -w "$CARGO_TARGET_DIR" ] \
      || CARGO_TARGET_DIR=$HOME/.cache/vigie/target
  fi
  mkdir -p "$CARGO_TARGET_DIR"
  export CARGO_TARGET_DIR
}

# node_modules as package-lock.json says, fetched only when that has changed.
install_node_modules() {
  cmp -s package-lock.json node_modules/.vigie-lock && return
  npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.vigie-lock \
    || fail "the packages of package-lock.json could not be fetched"
}
