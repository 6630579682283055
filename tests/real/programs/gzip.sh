about() { echo "\`./configure && make && make check\` with \`SHELL\` and \`CONFIG_SHELL\` set"; }
prepare() {
    grep -rqs deb-src /etc/apt/sources.list* || sed 's/^Types: deb$/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >/etc/apt/sources.list.d/debian-src.sources
    ls gzip_*.orig.tar.* >/dev/null 2>&1 || { apt-get -qq update; apt-get -qq source --download-only gzip; }
}
run() {
    export SHELL=/bin/bash CONFIG_SHELL=/bin/bash
    tar --strip-components=1 -xf "$(ls "$CACHE"/gzip_*.orig.tar.?z)"
    ./configure --disable-nls && make SHELL=/bin/bash && make SHELL=/bin/bash check
    grep -v '^$ \|^configure:\|uptime' config.log | tail -n 200
    cat config.status libtool 2>/dev/null | grep -v hostname
}
normalize() { sed -E 's/conf[0-9]+[-.a-zA-Z0-9]*|[0-9]+\.[0-9]+ ?s(econds)?|[0-9]{2}:[0-9]{2}:[0-9]{2}|cc[A-Za-z0-9]{6}|tmp\.[A-Za-z0-9]*|gt-[-a-z0-9.]+\.[A-Za-z0-9]{4}//g; /took|PID/d'; }
