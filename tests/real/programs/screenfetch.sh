about() { echo "\`screenfetch -n\`, \`-N\`, \`-h\`, all distributions' logos"; }
prepare() { apt-get -qq install -y screenfetch; }
run() {
    local distribution
    screenfetch -h
    screenfetch -n
    screenfetch -N
    for distribution in Debian Ubuntu Fedora 'Arch Linux' openSUSE Gentoo; do screenfetch -L -A "$distribution"; done
}
normalize() { sed -E '/Shell|Uptime|RAM|Disk|CPU|Packages/d'; }
