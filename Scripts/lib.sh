# shellcheck shell=bash disable=SC2034
# What the scripts beside this file share. Sourced, never run.
#
# Everything a person reads goes to standard error, so that a script's standard output is its result.
# Exit codes are those of `warrant`: 64 usage, 74 I/O, 75 try again, 78 a promise can't be kept.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/warrant
script=$(basename "$0")
export pip_log=$cache/pip.log
mkdir -p "$cache"

# say TEXT: one line of progress with the seconds since the script began.
say() { printf '%s [%4d s] %s\n' "$script" "$SECONDS" "$*" >&2; }

# fail CODE TEXT: one clear sentence, then the end.
fail() {
    local code=$1
    shift
    printf '%s: %s\n' "$script" "$*" >&2
    exit "$code"
}

# pypi_download FOLDER PIP-ARGUMENT...: downloads into FOLDER, of which a file is complete or absent. What pip had to
# say is in $pip_log.
pypi_download() {
    local folder=$1 partial status=0
    shift
    mkdir -p "$folder"
    partial=$(mktemp -d "$folder/.partial.XXXXXX")
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_NO_CACHE_DIR=1 \
        python3 -m pip download --quiet --no-deps --dest "$partial" "$@" >>"$pip_log" 2>&1 || status=$?
    if [[ $status == 0 ]]; then mv -f "$partial"/* "$folder"/ || status=$?; fi
    rm -rf "$partial"
    return "$status"
}

# file_sha256 FILE: its SHA-256 in hexadecimal.
file_sha256() { sha256sum "$1" | cut -d' ' -f1; }

# need_free_bytes FOLDER BYTES WHAT: ends the script when FOLDER's disk can't hold WHAT.
need_free_bytes() {
    local free
    free=$(df --output=avail -B1 "$1" | tail -1)
    if ((free < $2)); then
        fail 74 "Can't store $3: $2 bytes are needed, $((free)) are free in $1."
    fi
}

# locked NAME: from here to its end this script is the only one holding NAME.
locked() {
    exec 9>"$cache/$1.lock"
    if ! flock --nonblock 9; then
        say "waiting for another set-up that holds $cache/$1.lock"
        flock 9
    fi
}

# --- llama.cpp: which build belongs to this source, these flags and this processor ---

llama_version=0.3.36
llama_sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
llama_flags=(
    -DCMAKE_BUILD_TYPE=Release
    -DBUILD_SHARED_LIBS=OFF
    -DLLAMA_BUILD_APP=OFF
    -DLLAMA_BUILD_COMMON=OFF
    -DLLAMA_BUILD_TOOLS=OFF
    -DLLAMA_BUILD_TESTS=OFF
    -DLLAMA_BUILD_EXAMPLES=OFF
    -DLLAMA_BUILD_SERVER=OFF
    -DGGML_OPENMP=OFF
    -DGGML_CCACHE=OFF
)

# Roundup, the issue tracker that tests file issues into. Nothing but the tests uses it.
roundup_version=2.6.0
roundup_sha256=12fd8fb806047415f22131f965c6ab4026a28dc63f7054e055c8f891950591d4

# Schemathesis (MIT), which tries the supervisor page's interface, and axe-core (MPL 2.0) in the package that carries it,
# which looks at its pages. Nothing but the tests uses them.
schemathesis_version=4.32.5
axe_package=axe-core-python
axe_version=0.1.0
axe_sha256=f99f6bd674726c631c5e20b876983b44dff2b8f452a0ccf08f3c23ee45d0aac3

# install_browser: Debian's Chromium, which tests, pictures and measurements of the supervisor page look at it with.
install_browser() {
    local sudo=()
    if [[ -x /usr/bin/chromium ]]; then
        say "Chromium is there"
        return
    fi
    if [[ $(id -u) != 0 ]]; then sudo=(sudo); fi
    command -v apt-get >/dev/null ||
        fail 78 "Can't install a browser here: install Chromium as /usr/bin/chromium and run this again."
    say "installing chromium"
    {
        "${sudo[@]}" apt-get update -q &&
            "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium \
                fonts-dejavu-core
    } >&2 || fail 75 "Can't install chromium: apt-get failed. Check the network and run this again."
    [[ -x /usr/bin/chromium ]] || fail 78 "Installed, but not working: chromium."
}

# llama_prefix: the folder of that build. GGML compiles for the processor it is built on, so its feature flags count.
llama_prefix() {
    local features key
    features=$(grep -m1 -E '^(flags|Features)' /proc/cpuinfo || uname -m)
    key=$(printf '%s\n' "$llama_sha256" "${llama_flags[@]}" "$features" | sha256sum | cut -c1-12)
    printf '%s\n' "$cache/llama.cpp/$llama_version-$key"
}

# use_llama: lets SwiftPM find that build. The libraries are static: nothing is needed at run time.
use_llama() {
    PKG_CONFIG_PATH=$(llama_prefix)/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH
}
