# A script of 10,000 lines which asks the system everything.
about() { echo "\`neofetch --stdout\` and with a small logo"; }
prepare() { apt-get -qq install -y neofetch; }
run() {
    bash /usr/bin/neofetch --stdout
    bash /usr/bin/neofetch --ascii_distro debian_small --color_blocks off
}
# The shell's own version, and what changes by itself.
normalize() { sed -E '/Shell|Uptime|Memory|CPU|Packages/d'; }
