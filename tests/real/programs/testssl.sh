about() { echo "\`testssl --help\`, \`--banner\`, the cipher table, a host that refuses"; }
prepare() { apt-get -qq install -y testssl.sh bsdextrautils dnsutils; }
run() {
    bash /usr/bin/testssl --help
    bash /usr/bin/testssl --warnings batch --color 0 --local
    bash /usr/bin/testssl --warnings batch --color 0 127.0.0.1:1
}
normalize() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+|[0-9]+s\]|\.[A-Za-z0-9]{6,}//g; s/bash-?[0-9a-z.()-]*//; /Shell|built|PID/d'; }
