# What every script does first: makes sure that the virtualenv, the locked packages and the system's libraries are there.
#
# Sourced as `. scripts/_setup.sh run` or `. scripts/_setup.sh run test`: the words are the sets of system packages
# needed (see _setup.py). Leaves $root and $python set. When nothing changed since the last time it costs some ten
# milliseconds: one checksum against the stamp that _setup.py left in .venv.
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
python=$root/.venv/bin/python

_state() { (cd "$root" && echo "$root" && cksum requirements.lock pyproject.toml scripts/_setup.py); }

_is_ready() {
    local stamp need
    [ -x "$python" ] && [ -r "$root/.venv/set-up" ] || return 1
    stamp=$(<"$root/.venv/set-up")
    case $stamp in "$1"$'\n'*) ;; *) return 1 ;; esac
    for need in "${@:2}"; do
        case $stamp in *$'\n'"has $need"*) ;; *) return 1 ;; esac
    done
}

_find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Costake needs Python 3.11 or newer: install it so that 'python3' finds it." >&2
    return 1
}

if ! _is_ready "$(_state)" "$@"; then
    _base=$(_find_python) || exit 1
    "$_base" "$root/scripts/_setup.py" "$(_state)" "$@" || exit 1
fi
