about() { echo "Debian's bash-completion: the answers for 300 commands, three lines each"; }
prepare() { apt-get -qq install -y bash-completion && cp /bin/bash debian-bash; }
# A static Bash dies where a completion asks for users and hosts.
reference() { echo "$CACHE/debian-bash"; }
answer() { # WORD…: what the completion function of the first word answers
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9 COMP_KEY=9 COMPREPLY=()
    COMP_POINT=${#COMP_LINE}
    complete -p "$1" >/dev/null 2>&1 || _completion_loader "$1" >/dev/null 2>&1
    local spec
    spec=$(complete -p "$1" 2>/dev/null) || { echo "no specification"; return; }
    echo "$spec"
    if [[ $spec =~ \ -F\ ([^ ]+) ]]; then
        "${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" </dev/null 2>&1
        printf '  %q\n' "${COMPREPLY[@]}" | LC_ALL=C sort | head -n 2000
    fi
}
run() {
    local file name count=0
    shopt -s extglob progcomp
    . /usr/share/bash-completion/bash_completion
    mkdir -p "dir one" dir2 && touch file.txt archive.tar.gz "dir one/x" && cd .
    for file in /usr/share/bash-completion/completions/*; do
        name=${file##*/}
        case $name in _* | *.py | curl | ssh* | scp | rsync | sftp | ping* | host | dig | apt-cache | aptitude | pidof | pgrep | pkill | kill* | ps | renice | strace | gdb | lsof | fuser | wait | docker* | pwdx | watch | top | htop | taskset | prlimit | chrt | ionice | npm | pip* | java* ) continue ;; esac
        ((++count > 300)) && break
        echo "== $name"
        (answer "$name" '')
        (answer "$name" -)
        (answer "$name" --h)
    done
}
# Debian's Bash is 5.2: variables that only one of the two has, editing functions that it lists only once a line was edited, and the
# complaint of 5.3 about an empty key of an associative array, and its usage of `export`, which names -f twice. The name of the mounted shell is no output of a completion.
normalize() {
    sed -E -e 's/[0-9]{4,}//g' -e '/^  (BASH_LOADABLES_PATH|BASH_MONOSECONDS|BASH_TRAPSIG|GLOBSORT|RBASH_VERSION)=?$/d' \
        -e 's|/dev/[a-z0-9]*\\\[.*bash[^]]*\]|SHELL|' |
        awk '/^== /{binding = $2 == "bind"; exporting = $2 == "export"} exporting && $0 == last {next}
            {last = $0} !(binding && /^  [a-z-]+$/)'
}
