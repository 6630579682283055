about() { echo "\`debootstrap --print-debs\` (sh), \`--help\`, errors"; }
prepare() { apt-get -qq install -y debootstrap; }
run() {
    /usr/sbin/debootstrap --help
    /usr/sbin/debootstrap --print-debs bookworm "$PWD/target" http://deb.debian.org/debian
    /usr/sbin/debootstrap --print-debs --variant=minbase --include=jq,less bookworm "$PWD/other" http://deb.debian.org/debian
    /usr/sbin/debootstrap nonesuch "$PWD/third"
}
normalize() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}//'; }
