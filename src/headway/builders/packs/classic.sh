# One classic buildpack after the other: fetch, detect, compile, release, export.
# Run as: bash classic.sh ENV_DIR CACHE_DIR RELEASED URL...   (in /app, which is the build folder)
# Ends with 61 to 63 for what classic.py says of it, or as the pack that failed.
set -u
env_dir=$1 cache_dir=$2 released=$3
shift 3
alone=$#
matched=no
number=0
mkdir -p "$cache_dir" "$(dirname "$released")"

fetch() {
    local url=${1%%#*} ref='' pack=$2
    case $1 in *'#'*) ref=${1#*#} ;; esac
    case $url in
        *.tgz | *.tar.gz)
            mkdir -p "$pack"
            python3 -c 'import shutil, sys, urllib.request as u; shutil.copyfileobj(u.urlopen(sys.argv[1]), sys.stdout.buffer)' "$url" |
                tar -xz -C "$pack" || return 1
            # Some are packed with a folder around, some are not.
            if [ ! -e "$pack/bin" ] && [ "$(ls "$pack" | wc -l)" = 1 ]; then
                mv "$pack"/*/* "$pack"/
            fi
            ;;
        *)
            GIT_TERMINAL_PROMPT=0 git clone -q --depth=1 ${ref:+--branch "$ref"} -- "$url" "$pack" 2>/dev/null && return
            # A commit is no branch, and not every server gives a part of the history.
            rm -rf "$pack"
            GIT_TERMINAL_PROMPT=0 git clone -q -- "$url" "$pack" || return 1
            [ -z "$ref" ] || git -C "$pack" checkout -q "$ref" || return 1
            ;;
    esac
}

for url; do
    number=$((number + 1))
    pack=/tmp/pack-$number
    fetch "$url" "$pack" || exit 61
    [ -f "$pack/bin/detect" ] && [ -f "$pack/bin/compile" ] || exit 63
    chmod -R +x "$pack/bin"
    if ! name=$("$pack/bin/detect" /app); then
        [ "$alone" = 1 ] && exit 62
        echo "Buildpack $number is not for this project"
        continue
    fi
    matched=yes
    echo "$name"
    "$pack/bin/compile" /app "$cache_dir" "$env_dir" || exit
    if [ -f "$pack/bin/release" ]; then
        "$pack/bin/release" /app >"$released" || exit
    fi
    if [ -f "$pack/export" ]; then
        . "$pack/export"
    fi
done
[ "$matched" = yes ] || exit 62
