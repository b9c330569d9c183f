# What outlives the test process that started a server: it ends the server and removes its folder.
# Run by keeper.rs as `keep PARENT NAME` or `signal SIGNAL FOLDER`. Needs Linux's /proc, grep and find, nothing of procps.

# Every process of a server: those that carry its folder in their environment, which daemons and sessions of their own
# cannot shed; and the children of PostgreSQL, which write over theirs but stay in the data folder.
members() {
    {
        grep -slzxF "GONGKAI_TEST_SERVER=$folder" /proc/[0-9]*/environ
        find /proc/[0-9]*/cwd -maxdepth 0 -lname "$folder/data*"
    } 2>/dev/null | cut -d/ -f3 | sort -un
}

# Kills until nothing is left: seen to be so twice, because what was just being started shows its mark a moment later.
end_all() {
    quiet=0
    rounds=0
    while [ "$quiet" -lt 2 ] && [ "$rounds" -lt 400 ]; do
        found=$(members)
        if [ -n "$found" ]; then
            quiet=0
            kill -KILL $found 2>/dev/null
        else
            quiet=$((quiet + 1))
        fi
        rounds=$((rounds + 1))
        sleep 0.03
    done
}

# A killed PostgreSQL leaves a segment of System V memory; its number is the last word of the seventh line.
free_memory() {
    segment=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid" 2>/dev/null)
    [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
}

case $1 in
keep)
    # A terminal's Ctrl-C is for the tests; this process goes when they are gone.
    trap '' HUP INT QUIT TERM PIPE
    folder=$(mktemp -d "$2/gongkai-$3.XXXXXX") || exit 1
    # As the system names it in /proc.
    folder=$(cd "$folder" && pwd -P)
    cd /
    echo "$folder"
    exec >/dev/null 2>&1
    # The pipe ends when its owner drops it, exits, or is killed.
    while read -r _; do :; done
    end_all
    free_memory
    rm -rf "$folder"
    ;;
signal)
    folder=$3
    if [ "$2" = KILL ]; then
        end_all
    else
        # One command for all, so that they stop and go on together.
        found=$(members)
        [ -z "$found" ] || kill -s "$2" $found
    fi
    ;;
esac
