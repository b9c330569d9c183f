#!/bin/sh
# Starts Alertmanager with its secrets: it knows files for some of them only, so that the others are put into a copy of its
# settings that nobody else can read. `start.sh --print` writes that copy to standard output instead.
set -eu
settings=${SETTINGS:-/etc/alertmanager/alertmanager.yml}
secrets=${SECRETS:-/run/secrets}
umask 077

filled() {
    script=
    for name in $(grep -v '^ *#' "$settings" | grep -o '@FILE:[a-z_]*@' | sort -u | sed 's/@FILE:\(.*\)@/\1/'); do
        if [ ! -s "$secrets/$name" ]; then
            echo "缺少密钥文件 $secrets/$name (the file of a secret is missing or empty)" >&2
            exit 1
        fi
        # As a text between single quotes of YAML, and nothing in it a sign of sed.
        value=$(sed -n "1{s/'/''/g;s/[\\\\&|]/\\\\&/g;p;q;}" "$secrets/$name")
        script="$script
s|@FILE:$name@|$value|"
    done
    sed "$script" "$settings"
}

if [ "${1-}" = --print ]; then
    filled
    exit
fi
text=$(filled)
printf '%s\n' "$text" >/tmp/alertmanager.yml
exec /bin/alertmanager --config.file=/tmp/alertmanager.yml --storage.path=/alertmanager "$@"
