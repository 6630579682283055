about() { echo "\`libtoolize\`, then libtool compiles, links and installs a library"; }
prepare() { apt-get -qq install -y libtool libtool-bin gcc; }
run() {
    libtoolize --help; libtoolize --version
    printf 'AC_INIT([x],[1])\nAC_CONFIG_MACRO_DIRS([m4])\nLT_INIT\nAC_OUTPUT\n' >configure.ac
    libtoolize --copy --force --verbose; ls
    printf 'int f(void) { return 3; }\n' >f.c
    printf 'int f(void); int main(void) { return f(); }\n' >m.c
    libtool --help; libtool --config | sort
    libtool --tag=CC --mode=compile gcc -c f.c
    libtool --tag=CC --mode=link gcc -o libf.la f.lo -rpath "$PWD/lib" -version-info 1:2:0
    libtool --tag=CC --mode=link gcc -o m m.c libf.la
    mkdir lib && libtool --mode=install install -c libf.la "$PWD/lib"; libtool --finish "$PWD/lib"
    libtool --mode=execute ./m; echo "status $?"; cat libf.la m; libtool --mode=clean rm -f f.lo libf.la; ls -R
}
