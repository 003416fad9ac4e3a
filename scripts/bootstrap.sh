# Makes a bare checkout able to run: system libraries, uv, the locked Python environment, the locked node tools.
# Sourced by ./demo and ./check; needs only bash, coreutils and python3. Everything lands in .tools/, .venv/ and
# tests/oracle/node_modules/; nothing is read from the home folder, and nothing is fetched when all is there.
#
#   bootstrap demo     what a person needs to run the product
#   bootstrap check    the same, and what the tests need

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
stamp=$root/.venv/.made-from
uv_wanted=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$root/scripts/uv-requirements.txt")

say() { printf ':: %s\n' "$*" >&2; }
die() { printf 'twincheck: %s\n' "$*" >&2; exit 1; }

bootstrap() {
    local purpose=$1
    is_ready "$purpose" && return
    mkdir -p "$root/.tools"
    (
        flock 9  # two starts at once must not build the same folder twice
        is_ready "$purpose" && exit
        choose_home
        choose_python
        install_system_packages "$purpose"
        find_uv
        make_environment "$purpose"
        make_node_tools
        printf '%s %s\n' "$purpose" "$(fingerprint)" >"$stamp"
        say "ready in ${SECONDS} s; the next start takes no preparation"
    ) 9>"$root/.tools/lock"
}

# One hash over all that decides what is installed, and where: environments hold absolute paths.
fingerprint() {
    local inputs=("$root/uv.lock" "$root/pyproject.toml" "$root/scripts/bootstrap.sh")
    [ -f "$root/tests/oracle/package-lock.json" ] && inputs+=("$root/tests/oracle/package-lock.json")
    { cat "${inputs[@]}"; printf '%s' "$root"; } | sha256sum | cut -c1-64
}

# What serves the checks serves the demo too, not the other way round.
is_ready() {
    local made_for made_from
    { read -r made_for made_from <"$stamp"; } 2>/dev/null || return 1
    [ "$made_from" = "$(fingerprint)" ] && [ -x "$root/.venv/bin/python" ] || return 1
    case $1:$made_for in
        check:check) [ ! -f "$root/tests/oracle/package-lock.json" ] || [ -d "$root/tests/oracle/node_modules" ] ;;
        demo:check | demo:demo) true ;;
        *) false ;;
    esac
}

# The download caches live in the home folder; where there is none to write to, beside the environment.
choose_home() {
    if [ ! -w "${HOME:-/nonexistent}" ]; then
        export HOME="$root/.tools/home"
        mkdir -p "$HOME"
    fi
}

# Kivy has wheels for these; a newer Python would have to compile it.
choose_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            python=$("$candidate" -c 'import sys; print(sys._base_executable)')
            return
        fi
    done
    die "needs Python 3.11, 3.12 or 3.13, and found $(python3 --version 2>&1 || echo none)."
}

has_certificates() {
    [ -n "${SSL_CERT_FILE:-}" ] || [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ]
}

has_program() { command -v "$1" >/dev/null; }

has_library() { "$python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }

fits_uv() {
    local have
    have=$("$1" --version 2>/dev/null | cut -d' ' -f2) || return 1
    [ -n "$have" ] && [ "$(printf '%s\n' "$uv_wanted" "$have" | sort -V | head -n1)" = "$uv_wanted" ]
}

install_system_packages() {
    local needed=() wanted=()
    has_library libGL.so.1 || needed+=(libgl1)
    has_library libEGL.so.1 || needed+=(libegl1)
    fits_uv uv || fits_uv "$root/.tools/bin/uv" || "$python" -c 'import ensurepip, venv' 2>/dev/null \
        || needed+=("$(venv_package)")
    has_library libzbar.so.0 || wanted+=(libzbar0)
    has_certificates || wanted+=(ca-certificates)
    if [ "${1:-}" = check ]; then
        has_program chromium || wanted+=(chromium)
        has_library libdmtx.so.0 || wanted+=(libdmtx0b)
        has_program strace || wanted+=(strace)
        has_program Xvfb || wanted+=(xvfb)
        has_program espeak-ng || wanted+=(espeak-ng)
        has_program nginx || [ -x /usr/sbin/nginx ] || wanted+=(nginx)
        [ "$(id -u)" -ne 0 ] || has_program mkfs.btrfs || wanted+=(btrfs-progs)
    fi
    [ $((${#needed[@]} + ${#wanted[@]})) -eq 0 ] && return

    local as_root
    if as_root=$(privileges); then
        say "installing ${needed[*]} ${wanted[*]}"
        apt_install "$as_root" "${needed[@]}" "${wanted[@]}" && return
        [ ${#needed[@]} -eq 0 ] || die "apt could not install ${needed[*]}; its own words stand above."
    fi
    [ ${#needed[@]} -eq 0 ] || missing "${needed[@]}" "${wanted[@]}"
    say "going on without ${wanted[*]}$(what_is_lost "${wanted[@]}"); all else works"
}

# Says what goes missing with each package that is only wanted.
what_is_lost() {
    local package
    for package in "$@"; do
        case $package in
            libzbar0) printf '; without libzbar0 codes in pictures get no second opinion' ;;
            libdmtx0b) printf '; without libdmtx0b noisy pictures of Data Matrix get no second opinion' ;;
            chromium) printf '; without chromium the tests of the web pages in a real browser are skipped' ;;
            espeak-ng) printf '; without espeak-ng nothing is spoken, and no voice is tried' ;;
            nginx) printf '; without nginx the load-balanced example is not started' ;;
            xvfb) printf '; without xvfb the kiosk'\''s X session is tried on no display' ;;
            strace) printf '; without strace no process is killed, and no call failed, at each of its system calls' ;;
            btrfs-progs) printf '; without btrfs-progs whole file systems are not cut' ;;
        esac
    done
}

# Debian's package is named after its own minor version, and only its own Python is served by it.
venv_package() {
    case $python in
        /usr/bin/*) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
        *) echo python3-venv ;;
    esac
}

# Prints the word that makes a command run as root; fails where that would need a password, or there is no apt.
privileges() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] && { echo env; return; }
    sudo -n true 2>/dev/null && echo sudo
}

apt_install() {
    local as_root=$1
    shift
    # RUNLEVEL=1: a server that comes along (nginx) is installed, and not started, where no systemd runs.
    "$as_root" apt-get update -qq \
        && "$as_root" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

missing() {
    local as_root="su -c"
    command -v sudo >/dev/null && as_root="sudo sh -c"
    printf 'twincheck: some system packages are missing. Paste this, then start again:\n\n    %s\n\n' \
        "$as_root 'apt-get update && apt-get install -y --no-install-recommends $*'" >&2
    exit 1
}

find_uv() {
    uv=$(command -v uv || true)
    [ -n "$uv" ] && fits_uv "$uv" && return
    uv=$root/.tools/bin/uv
    fits_uv "$uv" && return
    say "fetching uv $uv_wanted"
    "$python" -m venv "$root/.tools"
    "$root/.tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes -r "$root/scripts/uv-requirements.txt"
}

make_environment() {
    # An environment that has the test tools keeps them: starting the demo must not take them away.
    local groups=(--no-dev)
    { [ "$1" = check ] || grep -qs '^check ' "$stamp"; } && groups=(--all-groups)
    say "making the Python environment (the first time this fetches 100 MB, 190 MB with the test tools)"
    local options=(--frozen --all-extras)
    "$root/.venv/bin/python" -c '' 2>/dev/null || options+=(--python "$python")
    [ -t 2 ] || options+=(--quiet)  # a hundred lines of names help nobody in a log
    env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT="$root/.venv" UV_PYTHON_DOWNLOADS=never \
        "$uv" sync --directory "$root" "${options[@]}" "${groups[@]}"
}

# The oracles of the tests, and pyright, are node programs; node itself comes from a wheel (docs/adr/0008).
make_node_tools() {
    [ -x "$root/.venv/bin/npm" ] && [ -f "$root/tests/oracle/package-lock.json" ] || return 0
    say "fetching the test oracles"
    PATH="$root/.venv/bin:$PATH" npm ci --prefix "$root/tests/oracle" \
        --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
}
