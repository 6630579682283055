# 21,000 lines of sh.
about() { echo "\`rkhunter --help\`, \`--list\`, \`--check\` of groups, \`--config-check\`"; }
prepare() { apt-get -qq install -y rkhunter; }
run() {
    local test
    rkhunter --help
    rkhunter --version
    for test in tests languages rootkits perl propfiles; do rkhunter --nocolors --list "$test"; done
    rkhunter --nocolors --config-check
    rkhunter --nocolors --skip-keypress --logfile "$PWD/log" --enable group_accounts,filesystem,malware --check
}
normalize() { sed -E 's/[0-9:]{8}//g; /took|[0-9] (seconds|minutes?)/d'; }
