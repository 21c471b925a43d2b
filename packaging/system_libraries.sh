#!/bin/sh
# Makes sure the packages of a list are there (debian-packages.txt, or the one named): installs what is missing when root,
# else prints the line to type.
set -eu
list=${1:-$(dirname "$0")/debian-packages.txt}
command -v dpkg-query >/dev/null 2>&1 || {
    echo "Not a Debian system: needed are the counterparts of the packages listed in $list." >&2
    exit 0
}
missing=
for package in $(grep -v '^#' "$list"); do
    # Debian 13 renamed libglib2.0-0 to libglib2.0-0t64, which provides the old name.
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
        grep -qE "^installed (.* )?$(printf %s "$package" | sed 's/[.+]/\\&/g')( |,|$)" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ]; then
    echo "Installing system packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    apt-get install -y -qq $missing >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq $missing >/dev/null; }
else
    echo "System packages are needed that are not installed. Type this line, then make again:" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 1
fi
