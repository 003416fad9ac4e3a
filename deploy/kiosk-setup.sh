#!/usr/bin/env bash
# Turns a fresh Debian machine into a kiosk, or changes one that is; run again it changes nothing that is right.
#
#   kiosk-setup.sh [--from DIR|WHEEL]     set up; the product from a checkout or a wheel (default: this checkout)
#   kiosk-setup.sh --dry-run              say what would be done, and do nothing
#   kiosk-setup.sh --root DIR             only place the files, below DIR: for an image, or to look at them
#   kiosk-setup.sh --uninstall [--purge]  take it away; refuses while anything is unsent. --purge takes the journal too
#
# docs/appliance.md says what each step is for and what no test here could show.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=''
dry=no
verb=setup
purge=no
from=$(dirname "$here")
station=/var/lib/twincheck/station
venv=/opt/twincheck/venv
groups=(dialout lp video render input audio)
packages=(
    python3 python3-venv xserver-xorg-core xserver-xorg-input-libinput xserver-xorg-video-fbdev xinit x11-xserver-utils
    xinput libgl1 libegl1 libgl1-mesa-dri libzbar0 espeak-ng alsa-utils ca-certificates systemd-timesyncd
    unattended-upgrades
)
# mode, file in deploy/, where it belongs
files=(
    "644 systemd/twincheck-kiosk.service /etc/systemd/system/twincheck-kiosk.service"
    "644 systemd/twincheck-sync.service /etc/systemd/system/twincheck-sync.service"
    "644 systemd/twincheck-sync.timer /etc/systemd/system/twincheck-sync.timer"
    "755 x11/kiosk-session /opt/twincheck/bin/kiosk-session"
    "644 x11/10-twincheck.conf /etc/X11/xorg.conf.d/10-twincheck.conf"
    "644 udev/60-twincheck.rules /etc/udev/rules.d/60-twincheck.rules"
    "644 modprobe.d/twincheck-kiosk.conf /etc/modprobe.d/twincheck-kiosk.conf"
    "644 sysctl.d/60-twincheck-kiosk.conf /etc/sysctl.d/60-twincheck-kiosk.conf"
    "644 ../docs/appliance.md /opt/twincheck/share/doc/appliance.md"
)

say() { printf '%s\n' "$*"; }
die() { printf 'kiosk-setup: %s\n' "$*" >&2; exit 1; }

main() {
    read_options "$@"
    if [ "$verb" = uninstall ]; then
        uninstall
        return
    fi
    check_machine
    install_packages
    make_user
    install_product
    place_files
    keep_or_place 640 kiosk.env /etc/twincheck/kiosk.env
    shut_doors
    enable_units
    say_next
}

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --dry-run) dry=yes ;;
            --root) root=${2:?--root needs a folder}; shift ;;
            --from) from=${2:?--from needs a checkout or a wheel}; shift ;;
            --uninstall) verb=uninstall ;;
            --purge) purge=yes ;;
            -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
            *) die "$1 is no option; see --help" ;;
        esac
        shift
    done
    [ "$purge" = no ] || [ "$verb" = uninstall ] || die "--purge goes with --uninstall"
}

# Does what changes the machine; in a dry run, or below --root, only says it.
run() {
    if [ "$dry" = yes ] || [ -n "$root" ]; then
        say "would run: $*"
    else
        say "+ $*"
        "$@"
    fi
}

check_machine() {
    [ -z "$root" ] && [ "$dry" = no ] || return 0
    [ "$(id -u)" -eq 0 ] || die "needs root: sudo $0"
    command -v apt-get >/dev/null || die "needs Debian 12 or newer (there is no apt-get here)"
    [ -d /run/systemd/system ] || die "needs systemd as the first process"
}

install_packages() {
    run apt-get update -qq
    run env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[@]}"
}

make_user() {
    local group
    if [ -n "$root" ] || ! id kiosk >/dev/null 2>&1; then
        run adduser --system --group --home /var/lib/twincheck --shell /usr/sbin/nologin kiosk
    fi
    for group in "${groups[@]}"; do
        if [ -n "$root" ] || ! id -nG kiosk 2>/dev/null | tr ' ' '\n' | grep -qx "$group"; then
            run adduser --quiet kiosk "$group"
        fi
    done
    folder 700 /var/lib/twincheck
    run chown kiosk:kiosk /var/lib/twincheck
}

install_product() {
    local what=$from
    [ -d "$from" ] && what="${from}[kiosk]"
    case $from in *.whl) what="twincheck[kiosk] @ file://$(readlink -f "$from")" ;; esac
    [ -x "$root$venv/bin/python" ] || run python3 -m venv "$venv"
    run "$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade "$what"
}

place_files() {
    local line mode source target
    for line in "${files[@]}"; do
        read -r mode source target <<<"$line"
        place "$mode" "$source" "$target"
    done
}

# Puts a file in its place, unless it is there already as it should be.
place() {
    local mode=$1 source=$here/$2 target=$root$3
    if [ -f "$target" ] && cmp -s "$source" "$target" && [ "$(stat -c %a "$target")" = "$mode" ]; then
        return
    fi
    if [ "$dry" = yes ]; then
        say "would place: $target"
        return
    fi
    install -D -m "$mode" "$source" "$target"
    say "placed $target"
}

# A file that is the store's from then on.
keep_or_place() {
    [ -e "$root$3" ] || place "$@"
}

folder() {
    [ -d "$root$2" ] && return
    if [ "$dry" = yes ]; then say "would make: $root$2"; else install -d -m "$1" "$root$2"; fi
}

# No other consoles to come out at, no sleep, no key that stops the machine.
shut_doors() {
    run systemctl mask --quiet ctrl-alt-del.target sleep.target suspend.target hibernate.target hybrid-sleep.target
    run systemctl disable --quiet getty@tty1.service
    run systemctl set-default multi-user.target
    run udevadm control --reload
    run sysctl --quiet --system
}

enable_units() {
    run systemctl daemon-reload
    run systemctl enable --quiet systemd-timesyncd.service twincheck-sync.timer twincheck-kiosk.service
}

say_next() {
    say ""
    say "Next, once:"
    say "  sudo -u kiosk $venv/bin/twincheck station enrol --url https://... --code ... --dir $station"
    say "  edit /etc/twincheck/kiosk.env        # its scanner, printer, language"
    say "  sudo -u kiosk $venv/bin/twincheck doctor --dir $station"
    say "  systemctl restart twincheck-kiosk, or switch the machine off and on"
}

# What is owed and not sent is somebody's registration: nothing is taken away before it is sent, or carried.
uninstall() {
    local unsent line target
    if [ -e "$root$station/journal.db" ]; then
        unsent=$(count_unsent) || die "cannot tell what is unsent in $station; nothing was taken away"
        if [ "$unsent" != 0 ]; then
            die "$unsent events are not sent yet; nothing was taken away. \`twincheck sync now\`, or \`twincheck sync export\` and carry them"
        fi
    fi
    run systemctl disable --now --quiet twincheck-kiosk.service twincheck-sync.timer
    for line in "${files[@]}"; do
        target=$root${line##* }
        [ -e "$target" ] || continue
        if [ "$dry" = yes ]; then say "would remove: $target"; else rm -f "$target"; say "removed $target"; fi
    done
    run systemctl unmask --quiet ctrl-alt-del.target sleep.target suspend.target hibernate.target hybrid-sleep.target
    run systemctl enable --quiet getty@tty1.service
    run systemctl daemon-reload
    if [ "$purge" = yes ]; then
        run rm -rf /opt/twincheck /etc/twincheck /var/lib/twincheck
        run deluser --quiet --system kiosk
    else
        say "kept: /var/lib/twincheck (the journal), /etc/twincheck, /opt/twincheck; --purge takes them too"
    fi
}

count_unsent() {
    local told
    # It ends with 1 where something waits for a person; what it says counts.
    told=$("${KIOSK_PROGRAM:-$root$venv/bin/twincheck}" sync status --json --dir "$root$station") || true
    python3 -c 'import json, sys; print(int(json.load(sys.stdin)["unsent"]))' <<<"$told" 2>/dev/null
}

main "$@"
