# The maintainer scripts of every installed package, run as `sh` by nobody, with every program replaced by one that says how it was called.
about() { echo "all maintainer scripts of the installed packages under \`sh\`, every program stubbed"; }
prepare() { :; }
run() {
    local stub script
    mkdir bin && chmod 755 . bin
    printf '#!/bin/sh\nprintf "%%s" "${0##*/}"; printf " <%%s>" "$@"; echo\ncase ${0##*/} in dpkg) [ "$1" != --compare-versions ];; getent|test) false;; esac\n' >stub
    chmod 755 stub
    for stub in update-alternatives dpkg dpkg-divert dpkg-trigger dpkg-maintscript-helper dpkg-statoverride ldconfig systemctl invoke-rc.d update-rc.d \
        deb-systemd-helper deb-systemd-invoke systemd-sysusers systemd-tmpfiles rm mv cp ln mkdir rmdir chown chmod chgrp touch install adduser addgroup deluser \
        useradd groupadd usermod getent py3compile py3clean update-mime-database update-ca-certificates gtk-update-icon-cache find xargs grep sed awk \
        cat cut sort head tail readlink dirname basename id uname which mktemp tempfile stat ls du date perl python3 ucf ucfr service pidof kill \
        wc tr uniq locale md5sum dpkg-query debconf-show glib-compile-schemas tee comm diff cmp mount; do
        ln -s ../stub "bin/$stub"
    done
    for script in /var/lib/dpkg/info/*.{preinst,postinst,prerm,postrm}; do
        [[ $(head -n 1 "$script") == '#!'*sh* ]] || continue
        for arguments in 'install' 'configure 1.0' 'upgrade 1.0' 'remove' 'purge' 'abort-upgrade 1.0' 'triggered /usr/share/x'; do
            echo "== ${script##*/} $arguments"
            timeout 20 setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH="$PWD/bin" DPKG_MAINTSCRIPT_PACKAGE=package DPKG_MAINTSCRIPT_NAME="${script##*.}" \
                DPKG_ROOT= DPKG_MAINTSCRIPT_ARCH=amd64 DEBIAN_FRONTEND=noninteractive DEBIAN_HAS_FRONTEND=1 DEBCONF_REDIR=1 /bin/sh -c '. "$@"' "$script" "$script" $arguments </dev/null 3>/dev/null 2>&1 | head -n 200
            echo "status ${PIPESTATUS[0]}"
        done
    done
}
normalize() { sed -E 's/tmp\.[A-Za-z0-9]+|\.[A-Z0-9]{6}//g'; }
