# One classic buildpack after the other: fetch, detect, compile, release, export, report.
# Run as: bash classic.sh ENV_DIR CACHE_DIR OUT URL...   (in the build folder; what release and report say goes to OUT)
# Ends with 61 to 63 for what classic.py says of it, or as the pack that failed.
set -u
env_dir=$1 cache_dir=$2 out=$3
shift 3
alone=$#
matched=no
number=0
build_dir=$PWD
mkdir -p "$cache_dir" "$out"

fetch() {
    local url=${1%%#*} ref='' pack=$2
    case $1 in *'#'*) ref=${1#*#} ;; esac
    case $url in
        /*)
            # A folder of the operator's: packs write beside themselves, so that each build has a copy.
            cp -R -- "$url" "$pack" && chmod -R u+rwX "$pack"
            ;;
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
            cloned "$url" "$ref" "$pack" || return 1
            [ ! -f "$pack/.gitmodules" ] || git -C "$pack" submodule --quiet update --init --recursive
            ;;
    esac
}

cloned() {
    local url=$1 ref=$2 pack=$3
    export GIT_TERMINAL_PROMPT=0
    git clone -q --depth=1 ${ref:+--branch "$ref"} -- "$url" "$pack" 2>/dev/null && return
    # A commit is no branch, and not every server gives a part of the history.
    rm -rf "$pack"
    git clone -q -- "$url" "$pack" || return 1
    [ -z "$ref" ] || git -C "$pack" checkout -q "$ref"
}

# What a pack reports is worth a look where it failed, and data where it did not; its own trouble is nobody's.
report() {
    [ -f "$1/bin/report" ] && timeout 30 "$1/bin/report" "$build_dir" "$cache_dir" "$env_dir" 2>/dev/null
}

for url; do
    number=$((number + 1))
    pack=${TMPDIR:-/tmp}/pack-$number
    fetch "$url" "$pack" || exit 61
    [ -f "$pack/bin/detect" ] && [ -f "$pack/bin/compile" ] || exit 63
    chmod -R +x "$pack/bin"
    if ! name=$("$pack/bin/detect" "$build_dir"); then
        [ "$alone" = 1 ] && exit 62
        echo "Buildpack $number is not for this project"
        continue
    fi
    matched=yes
    echo "$name"
    "$pack/bin/compile" "$build_dir" "$cache_dir" "$env_dir" || {
        code=$?
        report "$pack"
        exit "$code"
    }
    if [ -f "$pack/bin/release" ]; then
        "$pack/bin/release" "$build_dir" >"$out/released" || exit
    fi
    report "$pack" >>"$out/report"
    if [ -f "$pack/export" ]; then
        . "$pack/export"
    fi
done
[ "$matched" = yes ] || exit 62
